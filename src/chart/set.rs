//! The arguments of `--set` and its siblings: `a.b[0]=x,c={1,2}`. Behaves as Helm's pkg/strvals does, its odd corners
//! included, and gives every value its place in the argument. Reads no files by itself.

use std::sync::Arc;

use crate::source::{Text, TextBuilder};
use crate::yaml::{Map, Value};

use super::go;

/// The largest index that Helm allows.
pub const MAX_INDEX: i64 = 65_536;
/// How many dots a key may hold (newer Helm's `MaxNestedNameLevel`), and how many indices may follow each other.
pub const MAX_NESTING: usize = 30;

/// How the values of an argument are read.
pub(super) enum Reader<'a> {
    /// `--set`: booleans, integers and `null` by their look.
    Typed,
    /// `--set-string`: everything is a string.
    String,
    /// `--set-json`: each value is a JSON text.
    Json(&'a dyn Fn(&Text) -> Result<Value, String>),
    /// `--set-file`: the value names a file that holds it.
    File(&'a dyn Fn(&Text) -> Result<Value, String>),
    /// `--set-literal`: one key, then everything is the value.
    Literal,
}

/// Reads `argument` into `values`; what it names is replaced, everything else stays.
///
/// # Errors
/// Helm's message without the flag's prefix, and the byte of the argument that was reached.
pub(super) fn parse_into(values: &mut Map, argument: &Text, reader: &Reader<'_>) -> Result<(), (String, usize)> {
    let mut parser = Parser { argument, at: 0, reader };
    loop {
        match parser.key(values, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Error(message)) => return Err((message, parser.at)),
        }
    }
}

/// Why reading stopped.
enum Stop {
    /// The argument is at its end: no error, but it keeps some values from being set, as in Helm.
    End,
    Error(String),
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Self::Error(message)
    }
}

struct Parser<'a> {
    argument: &'a Text,
    at: usize,
    reader: &'a Reader<'a>,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.argument.as_str().get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// The letters before the next of `stops`, and which one it is; `None` at the end of the argument. A backslash takes the
    /// letter after it as it is.
    fn until(&mut self, stops: &[char]) -> (Text, Option<char>) {
        let mut taken = TextBuilder::new();
        let mut start = self.at;
        loop {
            let before = self.at;
            let next = self.next();
            match next {
                Some(stop) if stops.contains(&stop) => {}
                Some('\\') if !matches!(self.reader, Reader::Literal) => {
                    taken.push_slice(self.argument, start..before);
                    start = self.at;
                    if self.next().is_some() {
                        continue;
                    }
                    return (self.taken(taken, start..start), None);
                }
                Some(_) => continue,
                None => {}
            }
            return (self.taken(taken, start..before), next);
        }
    }

    /// Finishes a word; one that is empty or whole is cut from the argument, so that it has an exact place.
    fn taken(&self, mut taken: TextBuilder, range: std::ops::Range<usize>) -> Text {
        if taken.is_empty() {
            return self.argument.slice(range);
        }
        taken.push_slice(self.argument, range);
        taken.finish()
    }

    fn key(&mut self, values: &mut Map, nesting: usize) -> Result<(), Stop> {
        let literal = matches!(self.reader, Reader::Literal);
        let stops: &[char] = if literal { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let (key, stop) = self.until(stops);
        match stop {
            None if key.is_empty() => Err(Stop::End),
            None => Err(format!("key {} has no value", go::quote(&key)).into()),
            Some('[') => {
                let index = self.index()?;
                let mut list = match values.get(&key) {
                    None => Vec::new(),
                    Some(Value::List(list)) => list.to_vec(),
                    Some(other) => return Err(conversion(other, "[]interface {}")),
                };
                let outcome = self.item(&mut list, index, nesting, 0);
                set(values, key, Value::List(Arc::new(list)));
                outcome
            }
            Some('=') => self.value(|value| set(values, key, value)),
            Some('.') => {
                if nesting + 1 > MAX_NESTING {
                    return Err(format!(
                        "value name nested level is greater than maximum supported nested level of {MAX_NESTING}"
                    )
                    .into());
                }
                let mut inner = match values.get(&key) {
                    None => Arc::default(),
                    Some(Value::Map(map)) => map.clone(),
                    Some(other) => return Err(conversion(other, "map[string]interface {}")),
                };
                // The map that is replaced anyway gives up its share, so that `make_mut` need not copy.
                if !key.is_empty() {
                    values.remove(&key);
                }
                let outcome = self.key(Arc::make_mut(&mut inner), nesting + 1);
                match outcome {
                    // Helm 3.10 hides a mistake in the rest of the key behind the next message; newer Helm does not.
                    Err(Stop::Error(_)) => {}
                    _ if inner.is_empty() => return Err(format!("key map {} has no value", go::quote(&key)).into()),
                    _ => set(values, key, Value::Map(inner)),
                }
                outcome
            }
            Some(_) => {
                let message = format!("key {} has no value (cannot end with ,)", go::quote(&key));
                Err(message.into())
            }
        }
    }

    /// What stands behind `=`, handed to `put`.
    fn value(&mut self, put: impl FnOnce(Value)) -> Result<(), Stop> {
        match self.reader {
            Reader::Literal => {
                let (text, _) = self.until(&[]);
                put(Value::String(text));
                Ok(())
            }
            Reader::Json(read) => {
                if self.skip_empty() {
                    put(Value::Null(self.argument.origins_of(self.at..self.at)));
                    return Ok(());
                }
                let length = json_length(self.rest())?;
                let value = read(&self.argument.slice(self.at..self.at + length))?;
                put(value);
                self.at += length;
                self.skip_empty();
                Ok(())
            }
            _ if self.peek().is_none() => {
                put(Value::String(self.argument.slice(self.at..self.at)));
                Err(Stop::End)
            }
            _ if self.peek() == Some('{') => {
                self.next();
                let list = self.list()?;
                put(list);
                Ok(())
            }
            _ => {
                let (text, _) = self.until(&[',']);
                let value = self.read(text)?;
                put(value);
                Ok(())
            }
        }
    }

    /// The list behind a `{`.
    fn list(&mut self) -> Result<Value, Stop> {
        let mut items = Vec::new();
        loop {
            let (text, stop) = self.until(&[',', '}']);
            if stop.is_none() {
                return Err("list must terminate with '}'".to_owned().into());
            }
            items.push(self.read(text)?);
            if stop == Some('}') {
                if self.peek() == Some(',') {
                    self.next();
                }
                return Ok(Value::List(Arc::new(items)));
            }
        }
    }

    fn read(&self, text: Text) -> Result<Value, Stop> {
        match self.reader {
            Reader::File(read) | Reader::Json(read) => Ok(read(&text)?),
            Reader::Typed => Ok(typed(text)),
            Reader::String | Reader::Literal => Ok(Value::String(text)),
        }
    }

    /// The number before a `]`.
    fn index(&mut self) -> Result<i64, Stop> {
        let (text, stop) = self.until(&[']']);
        if stop.is_none() {
            return Err("error parsing index: EOF".to_owned().into());
        }
        let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
        let fault = if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            "invalid syntax"
        } else if let Ok(index) = text.parse() {
            return Ok(index);
        } else {
            "value out of range"
        };
        Err(format!("error parsing index: strconv.Atoi: parsing {}: {fault}", go::quote(&text)).into())
    }

    /// What stands behind `[index]`, put into `list`; `indices` counts those that follow each other directly.
    fn item(&mut self, list: &mut Vec<Value>, index: i64, nesting: usize, indices: usize) -> Result<(), Stop> {
        if index < 0 {
            return Err(format!("negative {index} index not allowed").into());
        }
        let (text, stop) = self.until(&['[', '.', '=']);
        if !text.is_empty() {
            return Err(format!("unexpected data at end of array index: {}", go::quote_runes(&text)).into());
        }
        match stop {
            None => Err(Stop::End),
            Some('=') => {
                let mut found = None;
                let outcome = self.value(|value| found = Some(value));
                if let Some(value) = found {
                    put(list, index, value)?;
                }
                match outcome {
                    Err(Stop::End) => Ok(()),
                    other => other,
                }
            }
            Some('[') => {
                if indices + 1 > MAX_NESTING {
                    return Err(format!("more than {MAX_NESTING} indices follow each other").into());
                }
                let next = self.index()?;
                let mut inner = match get(list, index) {
                    None | Some(Value::Null(_)) => Vec::new(),
                    Some(Value::List(list)) => list.to_vec(),
                    Some(other) => return Err(conversion(other, "[]interface {}")),
                };
                self.item(&mut inner, next, nesting, indices + 1)?;
                put(list, index, Value::List(Arc::new(inner)))
            }
            Some(_) => {
                let mut inner = match get(list, index) {
                    Some(Value::Map(map)) => map.clone(),
                    _ => Arc::default(),
                };
                let outcome = self.key(Arc::make_mut(&mut inner), nesting);
                // Helm changes a map that is in the list already in place, but adds a new one only without the end in sight.
                if outcome.is_ok() || get(list, index).is_some() {
                    put(list, index, Value::Map(inner))?;
                }
                outcome
            }
        }
    }

    /// Skips blanks and one comma; whether there was nothing else before the comma or the end.
    fn skip_empty(&mut self) -> bool {
        loop {
            match self.peek() {
                None => return true,
                Some(',') => {
                    self.next();
                    return true;
                }
                Some(blank) if blank.is_whitespace() => {
                    self.next();
                }
                Some(_) => return false,
            }
        }
    }
}

/// How many bytes the JSON value at the start of `text` takes, blanks before it included.
fn json_length(text: &str) -> Result<usize, String> {
    let value = text.trim_start_matches([' ', '\t', '\r', '\n']);
    let end = scalar_length(value).map_or(text.len(), |length| text.len() - value.len() + length);
    let mut stream = serde_json::Deserializer::from_str(&text[..end]).into_iter::<serde::de::IgnoredAny>();
    match stream.next() {
        Some(Ok(_)) => Ok(stream.byte_offset()),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("EOF".to_owned()),
    }
}

/// How far a number or a word at the start of `text` reaches for Go: whatever cannot belong to it ends it.
fn scalar_length(text: &str) -> Option<usize> {
    if let Some(word) = ["true", "false", "null"].into_iter().find(|word| text.starts_with(word)) {
        return Some(word.len());
    }
    let digits = |rest: &mut &str| *rest = rest.trim_start_matches(|character: char| character.is_ascii_digit());
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    match rest.strip_prefix('0') {
        Some(after) => rest = after,
        None => digits(&mut rest),
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction;
        digits(&mut rest);
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        rest = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        digits(&mut rest);
    }
    let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    is_number.then(|| text.len() - rest.len())
}

/// The value that `text` looks like, as `--set` takes it.
pub(crate) fn typed(text: Text) -> Value {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return Value::Bool(text.eq_ignore_ascii_case("true"), text.origins());
    }
    if text.eq_ignore_ascii_case("null") {
        return Value::Null(text.origins());
    }
    if (*text == *"0" || !text.starts_with('0'))
        && let Ok(number) = text.parse()
    {
        return Value::Int(number, text.origins());
    }
    Value::String(text)
}

/// Sets `key`; an empty key is skipped. The key's place becomes that of the argument.
fn set(values: &mut Map, key: Text, value: Value) {
    if !key.is_empty() {
        values.remove(&key);
        values.insert(key, value);
    }
}

fn get(list: &[Value], index: i64) -> Option<&Value> {
    list.get(usize::try_from(index).ok()?)
}

fn put(list: &mut Vec<Value>, index: i64, value: Value) -> Result<(), Stop> {
    if index > MAX_INDEX {
        let message = format!("index of {index} is greater than maximum supported index of {MAX_INDEX}");
        return Err(message.into());
    }
    let index = usize::try_from(index).unwrap_or(0);
    if list.len() <= index {
        list.resize(index + 1, Value::Null(None));
    }
    list[index] = value;
    Ok(())
}

/// Go's complaint when a value has another type than the key's form asks for.
fn conversion(value: &Value, wanted: &str) -> Stop {
    let found = match value {
        Value::Null(_) => "nil",
        Value::Bool(..) => "bool",
        Value::Int(..) => "int64",
        Value::Float(..) => "float64",
        Value::String(_) => "string",
        Value::List(_) => "[]interface {}",
        Value::Map(_) => "map[string]interface {}",
    };
    Stop::Error(format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::json;
    use crate::source::{Layer, Sources};

    fn parse(arguments: &[&str], reader: &Reader<'_>) -> Result<String, String> {
        let sources = Sources::new();
        let mut values = Map::new();
        for argument in arguments {
            let file = sources.add("--set", (*argument).into());
            let argument = Text::of_file(file, (*argument).into(), Layer::Set);
            parse_into(&mut values, &argument, reader).map_err(|(message, _)| message)?;
        }
        Ok(json(&Value::Map(Arc::new(values))))
    }

    #[test]
    fn arguments_read_as_helm_reads_them() {
        // Each pair was printed by `helm template --set ARGUMENT` over a chart without values of its own.
        for (argument, read) in [
            (
                "a=b,c.d=1,e[0]=x,e[1].f=true,g=null,h=,i={a,b},j=007,k=-5,l=1.5",
                r#"{"a":"b","c":{"d":1},"e":["x",{"f":true}],"g":null,"h":"","i":["a","b"],"j":"007","k":-5,"l":"1.5"}"#,
            ),
            (r#"a\.b=c\,d,x="q""#, r#"{"a.b":"c,d","x":"\"q\""}"#),
            ("a[0]", r#"{"a":[]}"#),
            ("a[0].b=", r#"{"a":[]}"#),
            ("a={1,2}x=3", r#"{"a":[1,2],"x":3}"#),
            ("a[0]=1,a[0].x=2", r#"{"a":[{"x":2}]}"#),
            ("a[2]=1,a[0].b=3", r#"{"a":[{"b":3},null,1]}"#),
            ("a[1][1]=1", r#"{"a":[null,[null,1]]}"#),
            ("=1", "{}"),
            (".a=1", "{}"),
            ("a={}", r#"{"a":[""]}"#),
            (r"a={1,true,null,x\,y}", r#"{"a":[1,true,null,"x,y"]}"#),
            ("a=9223372036854775808", r#"{"a":"9223372036854775808"}"#),
            ("a=TRUE,b=Null,c=FALSE", r#"{"a":true,"b":null,"c":false}"#),
            ("a[0]=,a[1]=3", r#"{"a":["",3]}"#),
            ("a.b=", r#"{"a":{"b":""}}"#),
            ("a=\\", r#"{"a":""}"#),
            ("a==b", r#"{"a":"=b"}"#),
            ("a=b=c,d=[1]", r#"{"a":"b=c","d":"[1]"}"#),
            ("", "{}"),
            ("a=1,", r#"{"a":1}"#),
            ("\u{e9}=\u{fc},b.c\\=d=1", "{\"b\":{\"c=d\":1},\"\u{e9}\":\"\u{fc}\"}"),
            ("a[0].b=1,a[0].c=", r#"{"a":[{"b":1,"c":""}]}"#),
            ("a[0][0].c=", r#"{"a":[]}"#),
            ("a[0]={x,y}", r#"{"a":[["x","y"]]}"#),
            ("a=0,b=00,c=+5,d=-0", r#"{"a":0,"b":"00","c":5,"d":0}"#),
        ] {
            assert_eq!(parse(&[argument], &Reader::Typed).as_deref(), Ok(read), "{argument}");
        }
    }

    #[test]
    fn mistakes_are_reported_in_helms_words() {
        for (argument, message) in [
            ("a", r#"key "a" has no value"#),
            ("a,b=1", r#"key "a" has no value (cannot end with ,)"#),
            ("a.=1", r#"key map "a" has no value"#),
            ("a.", r#"key map "a" has no value"#),
            ("a[x]=1", r#"error parsing index: strconv.Atoi: parsing "x": invalid syntax"#),
            ("a[-1]=1", "negative -1 index not allowed"),
            (
                "a[99999999999999999999]=1",
                r#"error parsing index: strconv.Atoi: parsing "99999999999999999999": value out of range"#,
            ),
            ("a[70000]=1", "index of 70000 is greater than maximum supported index of 65536"),
            ("a[0]b=1", "unexpected data at end of array index: ['b']"),
            ("a={1,2", "list must terminate with '}'"),
            ("a={1,2}x", r#"key "x" has no value"#),
            (
                "a=1,a.b=2",
                "unable to parse key: interface conversion: interface {} is int64, not map[string]interface {}",
            ),
            (
                "a=null,a.b=2",
                "unable to parse key: interface conversion: interface {} is nil, not map[string]interface {}",
            ),
            ("a=1,a[0]=2", "unable to parse key: interface conversion: interface {} is int64, not []interface {}"),
            (
                "a.b=1,a[0]=2",
                "unable to parse key: interface conversion: interface {} is map[string]interface {}, not []interface {}",
            ),
            (
                "a[0]=1,a[0][1]=2",
                "unable to parse key: interface conversion: interface {} is int64, not []interface {}",
            ),
            ("a[", "error parsing index: EOF"),
            ("a[0", "error parsing index: EOF"),
            ("a\\", r#"key "a" has no value"#),
            (",", r#"key "" has no value (cannot end with ,)"#),
            ("a=1,,b=2", r#"key "" has no value (cannot end with ,)"#),
            ("a[0]=x,b", r#"key "b" has no value"#),
            ("a[0]={x,y", "list must terminate with '}'"),
        ] {
            assert_eq!(parse(&[argument], &Reader::Typed), Err(message.to_owned()), "{argument}");
        }
    }

    #[test]
    fn set_string_makes_everything_a_string() {
        let read = parse(&["a=1,b=true,c={1,2},d=null"], &Reader::String);
        assert_eq!(read.as_deref(), Ok(r#"{"a":"1","b":"true","c":["1","2"],"d":"null"}"#));
    }

    #[test]
    fn set_literal_takes_the_rest_as_it_is() {
        let read = parse(&[r"a.b=x,y\=z", "c[0]=1"], &Reader::Literal);
        assert_eq!(read.as_deref(), Ok(r#"{"a":{"b":"x,y\\=z"},"c":["1"]}"#));
    }

    /// Recorded from `helm template --set-json ARGUMENT`.
    #[test]
    fn whatever_cannot_belong_to_a_json_value_ends_it() {
        let read = |text: &Text| crate::yaml::load_json(text).map_err(|error| error.message);
        for (argument, expected) in [
            ("l=1.5=", r#"{"l":1.5}"#),
            ("l=truel{=", r#"{"l":true,"l{":null}"#),
            ("l=01=", r#"{"1":null,"l":0}"#),
            ("l= 1E+5y=3", r#"{"l":100000,"y":3}"#),
            ("l=-0x=2,n=nullm=[1]k={}", r#"{"k":{},"l":-0,"m":[1],"n":null,"x":2}"#),
            ("l=0.0.0=1", r#"{"l":0}"#),
            ("l=1\u{e9}=2", "{\"l\":1,\"\u{e9}\":2}"),
        ] {
            assert_eq!(parse(&[argument], &Reader::Json(&read)).as_deref(), Ok(expected), "{argument}");
        }
        for argument in ["l=1.,", "l=-", "l=1e", "l=tru", "l=+1", "l=.5", "l=1E+y=3"] {
            assert!(parse(&[argument], &Reader::Json(&read)).is_err(), "{argument}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let dots = format!("{}=1", vec!["a"; MAX_NESTING + 2].join("."));
        assert!(parse(&[&dots], &Reader::Typed).unwrap_err().starts_with("value name nested level is greater"));
        let indices = format!("a{}=1", "[0]".repeat(100_000));
        assert_eq!(parse(&[&indices], &Reader::Typed).unwrap_err(), "more than 30 indices follow each other");
    }

    proptest::proptest! {
        #[test]
        fn no_argument_breaks_the_reader(argument in "[ab0-9\\[\\]{}=,.\\\\\u{e9} -]{0,24}") {
            for reader in [Reader::Typed, Reader::String, Reader::Literal, Reader::Json(&|_| Ok(Value::Null(None)))] {
                drop(parse(&[&argument, "a.b[1]=1", &argument], &reader));
            }
        }
    }

    #[test]
    fn each_value_points_into_its_argument() {
        let sources = Sources::new();
        let file = sources.add("--set 1", "image.tag=v1\\,2,on=true".into());
        let argument = Text::of_file(file, sources.get(file).text().clone(), Layer::Set);
        let mut values = Map::new();
        parse_into(&mut values, &argument, &Reader::Typed).unwrap();
        let tag = values["image"].get("tag").and_then(Value::as_text).unwrap();
        assert_eq!(sources.slice(tag.span_of(0..tag.len()).unwrap()), "v1\\,2");
        let Value::Bool(true, Some(origin)) = &values["on"] else { panic!("{:?}", values["on"]) };
        let (span, layer, _) = &origin.places()[0];
        assert_eq!((sources.slice(*span).as_str(), *layer), ("true", Layer::Set));
    }
}
