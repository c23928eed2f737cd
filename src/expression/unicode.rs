//! The names of Unicode's classes as Go's `unicode` package has them: exact in case and spelling. Which characters are in them, the
//! `regex` crate knows.

/// General categories, but `Cs`, which no text holds.
const CATEGORIES: &str = "\
    C Cc Cf Co L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs";

/// Scripts of Unicode 15: what Go 1.18 knows, and seven that came later.
const SCRIPTS: &str = "\
    Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki
    Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee
    Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra
    Duployan Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati
    Gunjala_Gondi Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited
    Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi
    Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian
    Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui
    Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari
    Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic
    Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage
    Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan
    Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri
    Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan
    Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square";

/// The `regex` crate's form of a category or script.
pub(super) fn class(name: &str) -> Option<String> {
    let is_in = |names: &str| names.split_ascii_whitespace().any(|known| known == name);
    if is_in(CATEGORIES) {
        Some(format!(r"\p{{gc={name}}}"))
    } else if is_in(SCRIPTS) {
        Some(format!(r"\p{{sc={name}}}"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_to_the_crate() {
        for name in CATEGORIES.split_ascii_whitespace().chain(SCRIPTS.split_ascii_whitespace()) {
            let class = class(name).unwrap();
            assert!(regex::Regex::new(&class).is_ok(), "{class}");
        }
    }

    #[test]
    fn other_spellings_are_none() {
        for name in
            ["", "greek", "IsGreek", "Letter", "LC", "Cn", "Lowercase_Letter", "Han ", "Grek", "L&", "Alphabetic"]
        {
            assert_eq!(class(name), None, "{name}");
        }
    }
}
