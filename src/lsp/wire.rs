//! Messages on the wire: a header with the length, then JSON. Reads with a limit, so that a wrong length costs no memory; tells
//! broken JSON in a whole frame, after which the next one can be read, from a broken frame, after which nothing can.

use std::io::{BufRead, Read as _, Write};

use lsp_server::{ErrorCode, Message};
use serde::Serialize;

/// Bytes that one message may have.
const LARGEST: u64 = 256 << 20;

/// Bytes that one line of a header may have.
const LONGEST_LINE: u64 = 4096;

/// Header lines that one message may have.
const MOST_LINES: usize = 64;

/// What stood in a whole frame.
#[derive(Debug)]
pub(super) enum Frame {
    /// A message.
    Message(Message),
    /// None: what to answer.
    Malformed(Malformed),
}

/// Why something is no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    /// The code of the answer, see [`ErrorCode`].
    pub code: i32,
    /// What is wrong.
    pub message: String,
    /// The id of what was meant as a request, where it has one.
    pub id: serde_json::Value,
}

/// Reads one frame; nothing at the end.
///
/// # Errors
/// When the input cannot be read, or what stands there is no frame.
pub(super) fn read(input: &mut impl BufRead) -> std::io::Result<Option<Frame>> {
    let Some(length) = header(input)? else { return Ok(None) };
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(broken(format!("the input ends after {} of {length} bytes of a message", bytes.len())));
    }
    Ok(Some(match serde_json::from_slice::<serde_json::Value>(&bytes) {
        Ok(value) => message(value),
        Err(error) => Frame::Malformed(Malformed {
            code: ErrorCode::ParseError as i32,
            message: format!("no JSON: {error}"),
            id: serde_json::Value::Null,
        }),
    }))
}

fn message(value: serde_json::Value) -> Frame {
    let id = value.get("id").filter(|id| id.is_string() || id.is_i64()).cloned().unwrap_or_default();
    let malformed = |message: String| {
        Frame::Malformed(Malformed { code: ErrorCode::InvalidRequest as i32, message, id: id.clone() })
    };
    if value.get("jsonrpc").and_then(serde_json::Value::as_str) != Some("2.0") {
        return malformed("no JSON-RPC 2.0 message".to_owned());
    }
    let has_id = value.get("id").is_some();
    match serde_json::from_value(value) {
        // Without this a request would wait for its answer for ever.
        Ok(Message::Notification(_)) if has_id => {
            malformed("the id of a request is a string or an integer of 32 bits".to_owned())
        }
        Ok(message) => Frame::Message(message),
        Err(_) => malformed("neither request, response nor notification".to_owned()),
    }
}

/// Reads a header; gives the length that it tells.
fn header(input: &mut impl BufRead) -> std::io::Result<Option<u64>> {
    let mut length = None;
    for number in 0..MOST_LINES {
        let mut line = Vec::new();
        input.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() && number == 0 {
            return Ok(None);
        }
        let shown = String::from_utf8_lossy(&line).into_owned();
        let Some(line) = shown.strip_suffix("\r\n") else {
            return Err(broken(format!("no header line of a message: {shown:?}")));
        };
        if line.is_empty() {
            let length = length.ok_or_else(|| broken("a message without Content-Length".to_owned()))?;
            return if length > LARGEST {
                Err(broken(format!("a message of {length} bytes")))
            } else {
                Ok(Some(length))
            };
        }
        let Some((name, value)) = line.split_once(':') else {
            return Err(broken(format!("no header line of a message: {line:?}")));
        };
        if name.eq_ignore_ascii_case("Content-Length") {
            let value = value.trim();
            length = Some(value.parse().map_err(|_| broken(format!("Content-Length is no number: {value:?}")))?);
        }
    }
    Err(broken("a header without end".to_owned()))
}

fn broken(message: String) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, message)
}

/// Writes one message, which is flushed.
///
/// # Errors
/// What the system said.
pub(super) fn write(output: &mut impl Write, message: &impl Serialize) -> std::io::Result<()> {
    #[derive(Serialize)]
    struct Envelope<'a, T> {
        jsonrpc: &'static str,
        #[serde(flatten)]
        message: &'a T,
    }
    let text = serde_json::to_vec(&Envelope { jsonrpc: "2.0", message })?;
    write!(output, "Content-Length: {}\r\n\r\n", text.len())?;
    output.write_all(&text)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(input: &str) -> (Vec<Frame>, Option<String>) {
        let (mut input, mut frames) = (input.as_bytes(), Vec::new());
        loop {
            match read(&mut input) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => return (frames, None),
                Err(error) => return (frames, Some(error.to_string())),
            }
        }
    }

    fn frame(json: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{json}", json.len())
    }

    #[test]
    fn what_is_written_is_read() {
        let mut wire = Vec::new();
        let sent = lsp_server::Notification::new("x".to_owned(), serde_json::json!({"grin": "\u{1f600}"}));
        write(&mut wire, &Message::from(sent)).unwrap();
        let (frames, error) = frames(std::str::from_utf8(&wire).unwrap());
        assert!(error.is_none());
        assert!(
            matches!(&frames[..], [Frame::Message(Message::Notification(read))] if read.params["grin"] == "\u{1f600}")
        );
    }

    #[test]
    fn broken_json_in_a_whole_frame_keeps_the_rest_readable() {
        let good = frame(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        let input = [frame("{nonsense"), frame("[]"), frame(r#"{"jsonrpc":"2.0","id":7,"method":1}"#), good].concat();
        let (frames, error) = frames(&input);
        let codes: Vec<_> = frames
            .iter()
            .map(|frame| match frame {
                Frame::Malformed(malformed) => (malformed.code, malformed.id.clone()),
                Frame::Message(_) => (0, serde_json::Value::Null),
            })
            .collect();
        let null = serde_json::Value::Null;
        assert_eq!(codes, [(-32700, null.clone()), (-32600, null.clone()), (-32600, 7.into()), (0, null)]);
        assert!(error.is_none());
    }

    #[test]
    fn a_broken_frame_ends_the_reading_and_says_why() {
        for (input, why) in [
            ("Content-Length: 50\r\n\r\n{}", "the input ends after 2 of 50 bytes of a message"),
            ("Content-Length: 99999999999999999\r\n\r\n{}", "a message of 99999999999999999 bytes"),
            ("Content-Length: -1\r\n\r\n", "Content-Length is no number: \"-1\""),
            ("Content-Type: x\r\n\r\n{}", "a message without Content-Length"),
            ("nonsense\r\n", "no header line of a message: \"nonsense\""),
            ("Content-Length: 2\n\n{}", "no header line of a message: \"Content-Length: 2\\n\""),
        ] {
            let (frames, error) = frames(input);
            assert!(frames.is_empty());
            assert_eq!(error.as_deref(), Some(why));
        }
        assert!(frames(&"x: y\r\n".repeat(1000)).1.unwrap().contains("without end"));
        assert!(frames(&"x".repeat(10_000)).1.unwrap().contains("no header line"));
    }
}
