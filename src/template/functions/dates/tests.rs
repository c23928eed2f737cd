use proptest::prelude::*;

use super::*;
use crate::template::functions::format;

fn call(name: &str, arguments: &[Value]) -> Result<Value, std::string::String> {
    let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
    (function.call)(arguments).map_err(|failure| failure.message)
}

fn shown(name: &str, arguments: &[Value]) -> std::string::String {
    call(name, arguments).map_or_else(|message| message, |value| format::print(&value).to_string())
}

fn strings<const N: usize>(texts: [&str; N]) -> [Value; N] {
    texts.map(Value::string)
}

#[test]
fn the_clock_stands_at_the_reference_time() {
    let now = call("now", &[]).unwrap();
    assert_eq!(
        shown("date", &[Value::string("Mon Jan 2 15:04:05 MST 2006"), now.clone()]),
        "Mon Jan 2 15:04:05 UTC 2006"
    );
    assert_eq!(shown("ago", &[now]), "0s");
    assert_eq!(shown("htmlDate", &[Value::string("no date")]), "2006-01-02");
}

#[test]
fn layouts_write_every_element() {
    let format = |layout: &str, seconds: i64| layout::format(layout, &Moment::unix(seconds));
    assert_eq!(
        format("Monday Mon January Jan 1 01 2 _2 02 06 2006 002 __2", 0),
        "Thursday Thu January Jan 1 01 1  1 01 70 1970 001   1"
    );
    assert_eq!(format("15 3 03 4 04 5 05 PM pm", 46_800), "13 1 01 0 00 0 00 PM pm");
    assert_eq!(format("Z07:00 -0700 -07:00:00", 0), "Z +0000 +00:00:00");
    assert_eq!(format("Month 15th _2006 é", 0), "Month 00th _1970 é");
    let precise = Moment { nanoseconds: 120_000_000, ..Moment::unix(0) };
    assert_eq!(layout::format("05.000 05,999 .9 .007", &precise), "00.120 00,12 .1 .007");
    let west = Moment::unix(0).within(Zone::Fixed { name: std::string::String::new(), offset: -5400 });
    assert_eq!(layout::format("15:04 MST Z070000", &west), "22:30 -0130 -013000");
    let nearly = Moment::unix(0).within(Zone::Fixed { name: std::string::String::new(), offset: -52 });
    assert_eq!(layout::format("Z070000 -07:00:00", &nearly), "+0000-52 +00:00:-52");
}

#[test]
fn zones_repeat_after_the_years_that_jiff_knows() {
    let zone = |year: i64, month: i64| {
        let moment = Moment::of_date(year, month, 1, 0, 0, Zone::Utc);
        Zone::named("Europe/Berlin", moment.seconds)
    };
    for year in [2400, 9998, 9999, 10_000, 123_456] {
        assert_eq!(zone(year, 1), Zone::Fixed { name: "CET".to_owned(), offset: 3600 }, "{year}");
        assert_eq!(zone(year, 7), Zone::Fixed { name: "CEST".to_owned(), offset: 7200 }, "{year}");
    }
    assert_eq!(zone(-20_000, 1), Zone::Fixed { name: "LMT".to_owned(), offset: 3208 });
}

#[test]
fn dates_before_and_far_beyond_ours_have_a_calendar() {
    let format = |seconds: i64| layout::format("2006-01-02 002", &Moment::unix(seconds));
    assert_eq!(format(-62_135_596_800), "0001-01-01 001");
    assert_eq!(format(951_782_400), "2000-02-29 060");
    assert_eq!(format(-62_167_219_201), "-0001-12-31 365");
    assert!(!format(i64::MAX).is_empty() && !format(i64::MIN).is_empty());
    for value in [i64::MIN, i64::MAX] {
        let arguments = [Value::int(value), Value::int(value), Value::int(value)];
        let Value::Object(date) = Time::value(Moment::unix(value), None) else { panic!() };
        assert!(date.call("AddDate", &arguments).is_ok());
        assert!(date.call("Add", &arguments[..1]).is_ok() && date.call("Round", &arguments[..1]).is_ok());
        assert!(date.call("UnixNano", &[]).is_ok());
    }
}

#[test]
fn parsing_reports_as_go_does() {
    let must = |layout: &str, text: &str| shown("mustToDate", &strings([layout, text]));
    assert_eq!(must("2006-01-02T15:04:05Z07:00", "2020-02-29T12:34:56.5+02:00"), "2020-02-29 12:34:56.5 +0200 +0200");
    assert_eq!(must("2006-01-02", "2017-02-30"), "parsing time \"2017-02-30\": day out of range");
    assert_eq!(
        must("2006-01-02", "17-12-31"),
        "parsing time \"17-12-31\" as \"2006-01-02\": cannot parse \"2-31\" as \"2006\""
    );
    assert_eq!(must("é", "x"), "parsing time \"x\" as \"\\xc3\\xa9\": cannot parse \"x\" as \"\\xc3\\xa9\"");
    assert_eq!(shown("toDate", &strings(["2006", "x"])), "0001-01-01 00:00:00 +0000 UTC");
}

#[test]
fn durations_are_read_and_rounded() {
    assert_eq!(duration::parse("-1.5h"), Ok(-5_400_000_000_000));
    assert_eq!(duration::parse("1h1m1s1ms1us1ns"), Ok(3_661_001_001_001));
    assert_eq!(duration::parse("1").unwrap_err(), "time: missing unit in duration \"1\"");
    assert_eq!(duration::parse("9999999999h").unwrap_err(), "time: invalid duration \"9999999999h\"");
    assert_eq!(duration::parse("-9223372036854775808ns"), Ok(i64::MIN));
    assert_eq!(shown("durationRound", &strings(["-90m"])), "1h");
    assert_eq!(shown("duration", &strings(["95"])), "1m35s");
}

proptest! {
    #[test]
    fn what_is_formatted_reads_back(seconds in -62_167_219_200_i64..253_402_300_800) {
        let layout = "Mon, 02 Jan 2006 15:04:05 -0700 002";
        let text = layout::format(layout, &Moment::unix(seconds));
        prop_assert_eq!(parsing::parse(layout, &text).unwrap().seconds, seconds);
    }

    #[test]
    fn no_layout_and_text_panic(layout in "[0-9JanMSTpmPZ_:.,+ é-]{0,16}", text in "[0-9JanMSTpmPZ_:.,+ é-]{0,16}") {
        let _ = parsing::parse(&layout, &text);
        layout::format(&layout, &Moment::NOW);
        let _ = duration::parse(&text);
    }
}
