//! How text for people is drawn: colours, links, width. The colours are of the 256 that do not depend on the terminal's theme, or
//! read well whatever it is: on white and on black each has a contrast of about 4 to 1.

use miette::ThemeStyles;
use owo_colors::{Style as Paint, XtermColors};

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// ANSI colours.
    pub color: bool,
    /// Links that can be clicked.
    pub links: bool,
    /// Columns to fill at most.
    pub width: usize,
}

/// What a colour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    /// What is wrong, or goes away.
    Bad,
    /// What may be wrong.
    Doubtful,
    /// What helps.
    Note,
    /// What is right, or comes.
    Good,
    /// What stands out, without a colour of its own.
    Strong,
    /// What stands back.
    Faint,
    /// A heading of a page.
    Title,
}

const RED: u8 = 160;
const ORANGE: u8 = 166;
const BLUE: u8 = 31;
const GREEN: u8 = 28;
const PURPLE: u8 = 133;

impl Style {
    pub(super) fn paint(self, colour: Colour, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match colour {
            Colour::Bad => format!("38;5;{RED}"),
            Colour::Doubtful => format!("38;5;{ORANGE}"),
            Colour::Note => format!("38;5;{BLUE}"),
            Colour::Good => format!("38;5;{GREEN}"),
            Colour::Strong => "1".to_owned(),
            Colour::Faint => "2".to_owned(),
            Colour::Title => format!("1;38;5;{BLUE}"),
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// The same colours for pictures.
    pub(super) fn theme(self) -> ThemeStyles {
        let of = |number: u8| Paint::new().color(XtermColors::from(number));
        match self.color {
            false => ThemeStyles::none(),
            true => ThemeStyles {
                error: of(RED),
                warning: of(ORANGE),
                advice: of(BLUE),
                help: of(BLUE),
                link: Paint::new().bold(),
                linum: Paint::new().dimmed(),
                highlights: vec![of(PURPLE)],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The light of a colour of xterm's cube of 6 by 6 by 6, as WCAG 2 has it, from 0 to 1.
    fn luminance(number: u8) -> f64 {
        let number = f64::from(number - 16);
        let parts = [(number / 36.0).floor(), (number / 6.0).floor() % 6.0, number % 6.0];
        let linear = |step: f64| {
            let share = if step == 0.0 { 0.0 } else { (55.0 + 40.0 * step) / 255.0 };
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055_f64).powf(2.4) }
        };
        let [red, green, blue] = parts.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    #[test]
    fn every_colour_reads_well_on_white_and_on_black() {
        for colour in [RED, ORANGE, BLUE, GREEN, PURPLE] {
            let light = luminance(colour);
            let (on_white, on_black) = (1.05 / (light + 0.05), (light + 0.05) / 0.05);
            assert!(on_white > 3.8 && on_black > 3.8, "{colour}: {on_white:.1} on white, {on_black:.1} on black");
        }
    }
}
