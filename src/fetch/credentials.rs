//! Who we are to a repository or registry: from Helm's and docker's files and their helper programs. Nothing here prints a secret.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a credential helper may think.
pub const HELPER_TIME: Duration = Duration::from_secs(30);

/// A user with a password, or a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The user; empty when `secret` is a token that only a token server takes.
    pub user: String,
    /// The password or token.
    pub secret: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login")
    }
}

impl Login {
    /// A user with a password.
    #[must_use]
    pub fn new(user: &str, secret: &str) -> Self {
        Self { user: user.to_owned(), secret: secret.to_owned() }
    }

    /// What stands before the `@` of an address.
    pub(super) fn of_address(text: &str) -> Self {
        let (user, secret) = text.split_once(':').unwrap_or((text, ""));
        Self { user: decoded(user), secret: decoded(secret) }
    }

    /// The value of an `Authorization` header.
    #[must_use]
    pub fn basic(&self) -> String {
        let pair = format!("{}:{}", self.user, self.secret);
        format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()))
    }
}

/// `text` with `%41` as `A`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|code| data_encoding::HEXLOWER_PERMISSIVE.decode(code).ok());
        match (first, code) {
            (b'%', Some(code)) => {
                bytes.extend(code);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The credentials of registries: Helm's file first, then docker's.
#[derive(Clone, Debug, Default)]
pub struct Registries {
    /// The files.
    pub files: Vec<PathBuf>,
}

impl Registries {
    /// What is known for the registry `host`.
    ///
    /// # Errors
    /// When a file or a helper program is named, but does not answer.
    pub fn login(&self, host: &str) -> Result<Option<Login>, String> {
        for path in &self.files {
            let text = match std::fs::read_to_string(path) {
                Ok(text) => text,
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => continue,
                Err(cause) => return Err(format!("{} cannot be read: {cause}", path.display())),
            };
            if text.trim().is_empty() {
                continue;
            }
            // What the parser says could hold a secret.
            let file: Value = serde_json::from_str(&text).map_err(|_| format!("{} is no JSON", path.display()))?;
            if let Some(login) = of_file(&file, host, path)? {
                return Ok(Some(login));
            }
        }
        Ok(None)
    }
}

fn of_file(file: &Value, host: &str, path: &Path) -> Result<Option<Login>, String> {
    let names = names(host);
    let helper = names.iter().find_map(|name| file["credHelpers"][name].as_str());
    if let Some(helper) = helper.or_else(|| file["credsStore"].as_str()).filter(|helper| !helper.is_empty()) {
        let asked = names.first().map_or(host, String::as_str);
        let found = ask(helper, asked).map_err(|reason| format!("{}: {reason}", path.display()))?;
        if found.is_some() {
            return Ok(found);
        }
    }
    let entry = names.iter().find_map(|name| file["auths"].get(name));
    Ok(entry.and_then(of_entry))
}

/// The keys under which docker keeps the credentials of `host`.
fn names(host: &str) -> Vec<String> {
    if matches!(host, "docker.io" | "registry-1.docker.io" | "index.docker.io") {
        let names = ["https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io"];
        return names.map(str::to_owned).to_vec();
    }
    vec![host.to_owned(), format!("https://{host}"), format!("https://{host}/"), format!("http://{host}")]
}

fn of_entry(entry: &Value) -> Option<Login> {
    let text = |key: &str| entry[key].as_str().filter(|text| !text.is_empty());
    if let Some(token) = text("identitytoken") {
        return Some(Login::new("", token));
    }
    if let Some(packed) = text("auth") {
        let bytes = data_encoding::BASE64.decode(packed.trim().as_bytes()).ok()?;
        let pair = String::from_utf8(bytes).ok()?;
        let (user, secret) = pair.split_once(':')?;
        return Some(Login::new(user, secret.trim_end_matches('\0')));
    }
    Some(Login::new(text("username")?, text("password")?))
}

/// Asks `docker-credential-HELPER` for the credentials of `host`.
fn ask(helper: &str, host: &str) -> Result<Option<Login>, String> {
    let program = format!("docker-credential-{helper}");
    if helper.contains(['/', '\\']) {
        return Err(format!("`{helper}` is no credential helper's name"));
    }
    answer(Command::new(&program).arg("get"), host, HELPER_TIME).map_err(|reason| format!("{program} {reason}"))
}

/// What the helper `command` says of `host`, within `limit`. What it leaves running, with its output open, is not waited for.
fn answer(command: &mut Command, host: &str, limit: Duration) -> Result<Option<Login>, String> {
    let failed = |cause: std::io::Error| format!("cannot be run: {cause}");
    let late = || format!("did not answer within {} seconds", limit.as_secs());
    let started = Instant::now();
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        // A helper that does not read its input has ended, which is seen below.
        let _ = input.write_all(host.as_bytes());
    }
    let (sender, receiver) = std::sync::mpsc::channel();
    let output = child.stdout.take();
    std::thread::spawn(move || {
        // One value, as Go's docker-credential-helpers read: no more is waited for.
        let output = output.map(|output| std::io::Read::take(output, 1 << 20));
        let value = output.and_then(|output| serde_json::Deserializer::from_reader(output).into_iter().next());
        sender.send(value.and_then(Result::<Value, _>::ok))
    });
    let status = loop {
        match child.try_wait().map_err(failed)? {
            Some(status) => break status,
            None if started.elapsed() > limit => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(late());
            }
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    // A helper that knows nothing ends with 1.
    if !status.success() {
        return Ok(None);
    }
    let answer = receiver.recv_timeout(limit.saturating_sub(started.elapsed())).map_err(|_| late())?;
    let answer = answer.ok_or("answered with something that is no JSON")?;
    let text = |key: &str| answer[key].as_str().unwrap_or_default();
    let (user, secret) = (text("Username"), text("Secret"));
    let user = if user == "<token>" { "" } else { user };
    Ok((!secret.is_empty()).then(|| Login::new(user, secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(file: &str, host: &str) -> Option<(String, String)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, file).unwrap();
        let files = vec![folder.path().join("none.json"), path];
        Registries { files }.login(host).unwrap().map(|login| (login.user, login.secret))
    }

    #[test]
    fn docker_keeps_credentials_in_several_ways() {
        let pair = |user: &str, secret: &str| Some((user.to_owned(), secret.to_owned()));
        let packed = data_encoding::BASE64.encode(b"me:se:cret");
        let file = format!("{{\"auths\": {{\"a.example:5000\": {{\"auth\": \"{packed}\"}}}}}}");
        assert_eq!(login(&file, "a.example:5000"), pair("me", "se:cret"));
        assert_eq!(login(&file, "a.example"), None);
        let file = r#"{"auths": {"https://a.example": {"username": "me", "password": "secret"}}}"#;
        assert_eq!(login(file, "a.example"), pair("me", "secret"));
        let file = r#"{"auths": {"https://index.docker.io/v1/": {"identitytoken": "token"}}}"#;
        assert_eq!(login(file, "registry-1.docker.io"), pair("", "token"));
        assert_eq!(login(r#"{"auths": {"a.example": {}}}"#, "a.example"), None);
    }

    #[test]
    fn secrets_are_not_printed() {
        assert_eq!(format!("{:?}", Login::new("me", "secret")), "Login");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, "{\"auths\": secret").unwrap();
        let error = Registries { files: vec![path] }.login("a.example").unwrap_err();
        assert!(error.ends_with("is no JSON"), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn a_helper_has_a_time_with_all_that_it_starts() {
        let limit = Duration::from_secs(2);
        let ask = |script: &str| {
            let started = Instant::now();
            let found = answer(Command::new("sh").args(["-c", &format!("read host; {script}")]), "a.example\n", limit);
            (found.map(|login| login.map(|login| login.secret)), started.elapsed() >= limit)
        };
        let late = Err("did not answer within 2 seconds".to_owned());
        let known = r#"echo '{"Username": "me", "Secret": "word"}'"#;
        assert_eq!(ask(known), (Ok(Some("word".to_owned())), false));
        assert_eq!(ask(&format!("sleep 9 & {known}")), (Ok(Some("word".to_owned())), false));
        assert_eq!(ask("sleep 9 & exit 1"), (Ok(None), false));
        assert_eq!(ask("sleep 9 &"), (late.clone(), true));
        assert_eq!(ask("sleep 9 & echo '{\"Username\": '"), (late.clone(), true));
        assert_eq!(ask(&format!("{known}; exec sleep 9")), (late, true));
        assert_eq!(ask("echo '{'"), (Err("answered with something that is no JSON".to_owned()), false));
    }

    #[test]
    fn a_helper_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, r#"{"credHelpers": {"a.example": "of-nobody"}}"#).unwrap();
        let registries = Registries { files: vec![path] };
        assert!(registries.login("a.example").unwrap_err().contains("docker-credential-of-nobody cannot be run"));
        assert_eq!(registries.login("b.example"), Ok(None));
    }
}
