//! A number, or a word that means true or false, in an image, that Helm prints differently than it is written.

use crate::lint::number::{Number, numbers};
use crate::lint::{ChartName, Context, Edit, Finding, Fix, Rule, Safety, Verdict};
use crate::source::{Layer, Text};

pub(super) fn check(rule: &'static Rule, context: &Context<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let used = context.inventory.uses.iter().filter(|used| used.when.is_none());
    let used = used.map(|used| (&used.text, &used.chart, &used.scenarios));
    let malformed = context.inventory.malformed.iter().map(|image| (&image.text, &image.chart, &image.scenarios));
    for (text, chart, scenarios) in used.chain(malformed) {
        for number in numbers(context.sources, text) {
            match findings.iter_mut().find(|known| known.span == number.span) {
                Some(known) => known.scenarios.extend_from_slice(scenarios),
                None => {
                    let mut finding = finding(rule, context, text, chart, &number);
                    finding.scenarios.clone_from(scenarios);
                    findings.push(finding);
                }
            }
        }
    }
    findings
}

fn finding(rule: &'static Rule, context: &Context<'_>, image: &Text, chart: &ChartName, number: &Number) -> Finding {
    let Number { span, written, printed, layer, .. } = number;
    let what = match layer {
        Layer::Chart => "Chart.yaml",
        _ => "the values",
    };
    let message = format!(
        "{chart} deploys `{image}`: {what} say the {} {written} without quotes, and Helm prints it as {printed}",
        number.kind()
    );
    let message = if *layer == Layer::Chart { message.replacen(" say the", " says the", 1) } else { message };
    let subject = format!("{}:{written}", chart.name);
    let finding = Finding::new(rule, *span, subject, message)
        .label(format!("Helm prints {printed}"))
        .advise(match (number.is_packaged(context.sources), layer) {
            (false, _) => "Quote it",
            (true, Layer::Values) => "Set it in quotes in values of your own",
            (true, _) => "Tell its makers, or take another version of it",
        })
        .image(image.as_str())
        .chart(chart.clone());
    // Nobody can edit a package. And where the list agrees with what Helm prints, that may be what is meant.
    let agreed = context
        .judged()
        .any(|judged| matches!(judged.verdict, Verdict::Right { .. }) && judged.reference.as_str() == image.as_str());
    if agreed || number.is_packaged(context.sources) {
        return finding;
    }
    let edit = Edit { span: *span, text: format!("\"{written}\"") };
    finding.fix(Fix::new(format!("Write \"{written}\""), Safety::Unsafe, vec![edit]))
}
