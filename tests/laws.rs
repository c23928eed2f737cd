//! The laws of fixes, on hundreds of workspaces that nobody thought of: what is mended is gone, nothing new appears, a second
//! run changes nothing, bytes outside of the edits stay, what is shown is what is written. All in memory but the charts.
//!
//! The cases are the same in every run. `MIRRORLINT_LAWS=SEED:CASES` looks at others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop at the first surprise

mod generated;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use generated::{Case, FROZEN, case};
use mirrorlint::fix::{Change, MAX_ROUNDS, Settled, Texts, View, Withheld, apply, settle};
use mirrorlint::image::Reference;
use mirrorlint::inventory::Use;
use mirrorlint::lint::{CheckedList, Finding, Fix, Outlook, Safety, Settings, Severity, Workspace, check, discover};
use mirrorlint::mirror::{Entry, LineKind, List};
use mirrorlint::source::Sources;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

type Outcome = Result<(), TestCaseError>;

macro_rules! law {
    ($holds:expr, $($words:tt)+) => {
        if !$holds {
            return Err(TestCaseError::fail(format!($($words)+)));
        }
    };
}

fn look(workspace: &Workspace, texts: &Texts) -> View {
    look_under(workspace, texts, &Settings::default())
}

fn look_under(workspace: &Workspace, texts: &Texts, settings: &Settings) -> View {
    let mut sources = Sources::new();
    texts.iter().for_each(|(path, text)| sources.overlay(path, text));
    let checked = check(&sources, workspace, settings).unwrap();
    View { sources, checked }
}

/// What is wrong with what, in which file.
type Kind = (PathBuf, String);

fn file_of(view: &View, finding: &Finding) -> PathBuf {
    view.sources.get(finding.span.file).path().to_owned()
}

fn kind(view: &View, finding: &Finding) -> Kind {
    (file_of(view, finding), finding.kind())
}

/// How many findings there are of each kind.
fn kinds(view: &View) -> BTreeMap<Kind, usize> {
    let mut kinds = BTreeMap::new();
    view.checked.findings.iter().for_each(|finding| *kinds.entry(kind(view, finding)).or_default() += 1);
    kinds
}

/// The findings of `after` that `before`, the workspace as it is on disk, did not have. What is less than an error and stands in
/// other files merely follows; and what the same charts show under a region that a list names for the first time was true before when
/// it shows in the list as it was, held against that region: what is wrong with a line that stays may be told in another way once what
/// it stands for is listed beside it.
fn new<'a>(workspace: &Workspace, before: &View, after: &'a View, touched: &[&Path]) -> Vec<&'a Finding> {
    let (mut known, mut wrong) = (kinds(before), BTreeMap::new());
    // What findings tell of beside what is mended was there.
    let left =
        before.checked.findings.iter().filter_map(|finding| Some((file_of(before, finding), finding.kind_left()?)));
    left.for_each(|left| *known.entry(left).or_default() += 1);
    for list in after.checked.lists.iter().filter(|_| charts(after).is_subset(&charts(before))) {
        let before = before.checked.lists.iter().find(|before| before.path == list.path).unwrap();
        let mut regions = list.scenarios.iter().filter(|name| *name != "default");
        if regions.all(|region| before.scenarios.contains(region)) {
            continue;
        }
        let settings = Settings { regions: list.scenarios.clone(), ..Settings::default() };
        let unseen = look_under(workspace, &Texts::new(), &settings);
        let of_list = |path: &Path| path == list.path;
        let about = unseen.checked.findings.iter().filter(|finding| of_list(&file_of(&unseen, finding)));
        for (entry, family) in about.filter_map(|finding| Some((finding.entry.clone()?, finding.rule.group))) {
            *wrong.entry((list.path.clone(), entry, family)).or_insert(0) += 1;
        }
        for (kind, count) in kinds(&unseen).into_iter().filter(|((path, _), _)| of_list(path)) {
            let known = known.entry(kind).or_default();
            *known = count.max(*known);
        }
    }
    let follows = |finding: &Finding| {
        finding.severity < Severity::Error && !touched.contains(&after.sources.get(finding.span.file).path())
    };
    let takes = |count: Option<&mut usize>| {
        count.filter(|count| **count > 0).is_some_and(|count| {
            *count -= 1;
            true
        })
    };
    let entry_of = |finding: &Finding| Some((file_of(after, finding), finding.entry.clone()?, finding.rule.group));
    let mut new = Vec::new();
    for finding in after.checked.findings.iter().filter(|finding| !follows(finding)) {
        if takes(known.get_mut(&kind(after, finding))) {
            entry_of(finding).map(|entry| takes(wrong.get_mut(&entry)));
        } else {
            new.push(finding);
        }
    }
    let stays = |finding: &Finding| line_of(after, finding).is_some_and(|line| has_line(before, finding, after, &line));
    new.retain(|finding| {
        let is_of_charts = finding.rule.group != "list" && stays(finding);
        !(is_of_charts && entry_of(finding).is_some_and(|entry| takes(wrong.get_mut(&entry))))
    });
    new
}

/// The line of its file that a finding is about.
fn line_of(view: &View, finding: &Finding) -> Option<String> {
    let file = view.sources.get(finding.span.file);
    let line = file.line(file.position(finding.span.range().start).line)?;
    Some(file.text().get(line)?.trim_end_matches(['\r', '\n']).to_owned())
}

/// Whether the file that a finding of `after` is about had that line.
fn has_line(before: &View, finding: &Finding, after: &View, line: &str) -> bool {
    let known = before.sources.find(&file_of(after, finding));
    known.is_some_and(|known| before.sources.get(known).text().lines().any(|old| old.trim_end_matches('\r') == line))
}

fn told(findings: &[&Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{}: {}", finding.key(), finding.message)).collect()
}

/// What the edits of `fix` make of `text`, by hand.
fn spliced(text: &str, fix: &Fix) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for edit in fix.edits().iter().rev() {
        bytes.splice(edit.span.range(), edit.text.bytes());
    }
    bytes
}

/// What a patch makes of a text, as `patch` does it.
fn patched(before: &str, patch: &str) -> String {
    let (mut old, mut out) = (before.split_inclusive('\n'), String::new());
    let mut taken = 0;
    let mut lines = patch.split_inclusive('\n').skip(2).peekable();
    while let Some(line) = lines.next() {
        let bare = |text: &str| text[1..].to_owned();
        let unfinished = lines.peek().is_some_and(|next| next.starts_with('\\'));
        let text = |line: &str| if unfinished { bare(line).trim_end_matches('\n').to_owned() } else { bare(line) };
        match line.as_bytes()[0] {
            b'@' => {
                let start = line[4..].split([',', ' ']).next().unwrap().parse::<usize>().unwrap();
                while taken + 1 < start {
                    out.push_str(old.next().unwrap());
                    taken += 1;
                }
            }
            b'\\' => {}
            b'+' => out.push_str(&text(line)),
            sign => {
                let was = old.next().unwrap();
                assert_eq!(was, text(line), "the patch fits");
                taken += 1;
                if sign == b' ' {
                    out.push_str(was);
                }
            }
        }
    }
    out.extend(old);
    out
}

/// Whether a list is no longer held against a chart that it was held against before, though that deploys something or something is
/// wrong with it: its notes name other charts.
fn takes_a_chart(before: &View, after: &View) -> bool {
    let deploys = |(list, chart): &&(PathBuf, PathBuf)| {
        let list = before.checked.lists.iter().find(|other| other.path == *list).unwrap();
        let is_wrong = before.checked.findings.iter().any(|finding| file_of(before, finding).starts_with(chart));
        is_wrong || list.inventory.uses.iter().any(|used| used.root == *chart)
    };
    charts(before).difference(&charts(after)).any(|lost| deploys(&lost))
}

/// Whether a list is no longer held against a region that it was held against before, for it has fewer entries of ECR hosts, though
/// the same charts deploy other images there.
fn takes_a_region(before: &View, after: &View) -> bool {
    let regions = |list: &CheckedList| -> BTreeSet<String> {
        list.scenarios.iter().filter(|name| *name != "default").cloned().collect()
    };
    let images = |list: &CheckedList, other: &CheckedList| -> BTreeSet<String> {
        let is_common = |used: &&Use| used.when.is_none() && other.charts.iter().any(|chart| chart.path == used.root);
        let uses = list.inventory.uses.iter().filter(is_common);
        uses.map(|used| used.reference.as_str().to_owned()).collect()
    };
    let hosts = |view: &View, list: &CheckedList| {
        let text = view.sources.get(view.sources.find(&list.path).unwrap()).text().clone();
        text.lines().filter(|line| !line.trim_start().starts_with('#') && line.contains(".dkr.ecr.")).count()
    };
    before.checked.lists.iter().any(|list| {
        let same = after.checked.lists.iter().find(|other| other.path == list.path).unwrap();
        let is_lost = !regions(list).is_subset(&regions(same)) && images(list, same) != images(same, list);
        is_lost && hosts(before, list) > hosts(after, same)
    })
}

/// Whether a list is held against a chart that it was not held against before, and that shows something new.
fn brings_a_chart(workspace: &Workspace, before: &View, after: &View, path: &Path) -> bool {
    !charts(after).is_subset(&charts(before)) && !new(workspace, before, after, &[path]).is_empty()
}

/// Suppressions with a reason that a list no longer has above an entry that it still has, and that would silence something there.
fn missed_suppressions(workspace: &Workspace, before: &View, after: &View) -> Vec<String> {
    let mut missed = Vec::new();
    for list in &after.checked.lists {
        let text = |view: &View| view.sources.get(view.sources.find(&list.path).unwrap()).text().clone();
        let (old, new) = (text(before), text(after));
        let file = after.sources.find(&list.path).unwrap();
        let (old, new) = (List::parse(file, &old), List::parse(file, &new));
        let is_only =
            |entry: &&Entry| old.entries.iter().filter(|other| other.name.text == entry.name.text).count() == 1;
        for entry in old.entries.iter().filter(is_only) {
            let mut same = new.entries.iter().filter(|other| other.name.text == entry.name.text);
            let (Some(now), None) = (same.next(), same.next()) else { continue };
            let lines = |list: &List, entry: &Entry| -> Vec<String> {
                let lines = list.lines[entry.block.start..entry.line].iter();
                lines.map(|line| list.line_text(line).trim().to_owned()).collect()
            };
            let kept = lines(&new, now);
            for line in lines(&old, entry) {
                if !(line.contains("mirrorlint: allow") && line.contains(": wanted so")) || kept.contains(&line) {
                    continue;
                }
                let mut text = new.text().to_string();
                text.insert_str(new.start_of_line(now.line).start as usize, &format!("{line}\n"));
                let mut texts: Texts = after
                    .checked
                    .lists
                    .iter()
                    .map(|list| {
                        let file = after.sources.find(&list.path).unwrap();
                        (list.path.clone(), after.sources.get(file).text().clone())
                    })
                    .collect();
                texts.insert(list.path.clone(), text.into());
                let again = look(workspace, &texts);
                let is_idle = |finding: &Finding| {
                    finding.rule.id == "unused-suppression" && finding.entry.as_ref() == Some(&entry.name.text)
                };
                if !again.checked.findings.iter().any(is_idle) {
                    missed.push(format!("{line} above {}", entry.name.text));
                }
            }
        }
    }
    missed
}

/// The charts that each list is held against.
fn charts(view: &View) -> BTreeSet<(PathBuf, PathBuf)> {
    let of_list = |list: &CheckedList| {
        list.charts.iter().map(|chart| (list.path.clone(), chart.path.clone())).collect::<Vec<_>>()
    };
    view.checked.lists.iter().flat_map(of_list).collect()
}

/// What the rounds make of `fix` alone, of the finding of that key in the file at `path`.
fn settled_alone(workspace: &Workspace, path: &Path, key: &str, fix: &Fix) -> Settled {
    let is_it = |view: &View, finding: &Finding| finding.key() == key && file_of(view, finding) == path;
    let is_same = |other: &&Fix| other.title == fix.title;
    let only =
        |view: &View, finding: &Finding| finding.fixes.iter().filter(|_| is_it(view, finding)).find(is_same).cloned();
    settle_only(workspace, &Texts::new(), only)
}

/// Whether entries are for what is switched off: of two such entries one can make the other stale.
fn has_switches(view: &View) -> bool {
    view.checked.findings.iter().any(|finding| finding.rule.id == "disabled-source")
}

/// Each fix alone: its finding is gone, what is safe brings nothing new, and it edits only what it says. One that would take a chart
/// from a list, or of the unsafe ones leave its finding, is not applied.
fn each_alone(workspace: &Workspace, first: &View, most: usize) -> Outcome {
    let before = kinds(first);
    for finding in first.checked.findings.iter().filter(|finding| !finding.fixes.is_empty()).take(most) {
        for fix in &finding.fixes {
            let told = format!("{} ({:?}): {}", finding.key(), fix.safety, finding.message);
            let file = fix.edits()[0].span.file;
            law!(fix.edits().iter().all(|edit| edit.span.file == file), "{told}: edits two files");
            let file = first.sources.get(file);
            let (path, text) = (file.path(), file.text());
            let ordered = fix.edits().windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
            let whole = fix.edits().iter().all(|edit| text.get(edit.span.range()).is_some());
            law!(ordered && whole, "{told}: {:?} are no edits", fix.edits());
            let fixed = apply(text, fix);
            law!(fixed.as_bytes() == spliced(text, fix), "{told}: other bytes were changed");
            law!(fixed != **text, "{told}: changes nothing: {:?}", fix.edits());
            let after = look(workspace, &Texts::from([(path.to_owned(), fixed.as_str().into())]));
            law!(after.checked.errors.is_empty(), "{told}: breaks the list");
            let (count, left) = (before[&kind(first, finding)], kinds(&after).get(&kind(first, finding)).copied());
            let is_gone = left.unwrap_or(0) < count;
            let takes = takes_a_chart(first, &after) || takes_a_region(first, &after);
            let brings = fix.safety == Safety::Safe && brings_a_chart(workspace, first, &after, path);
            if takes || brings || (fix.safety == Safety::Unsafe && !is_gone) {
                let alone = settled_alone(workspace, path, &finding.key(), fix);
                law!(alone.changes.is_empty(), "{told}: `{}` is applied alone:\n{fixed}", fix.title);
                continue;
            }
            law!(is_gone, "{told}: is still there after `{}`:\n{fixed}", fix.title);
            if fix.safety != Safety::Safe {
                continue;
            }
            // What the next rounds mend does not last.
            let (mended, new): (Vec<_>, Vec<_>) = new(workspace, first, &after, &[path])
                .into_iter()
                .partition(|finding| wanted(finding, Safety::Safe).is_some());
            let new = self::told(&new);
            if !new.is_empty() && has_switches(first) {
                let alone = settled_alone(workspace, path, &finding.key(), fix);
                law!(alone.changes.is_empty(), "{told}: `{}` is applied alone:\n{fixed}", fix.title);
                continue;
            }
            law!(new.is_empty(), "{told}: `{}` brings {new:#?}:\n{fixed}", fix.title);
            if mended.is_empty() {
                continue;
            }
            let texts = Texts::from([(path.to_owned(), fixed.as_str().into())]);
            let end = settled(workspace, &texts, Safety::Safe);
            let paths: Vec<&Path> = end.changes.iter().map(|change| change.path.as_path()).chain([path]).collect();
            let mut left = self::new(workspace, first, end.view(), &paths);
            let was_brought = |one: &Finding| mended.iter().any(|other| kind(&after, other) == kind(end.view(), one));
            left.retain(|finding| was_brought(finding));
            let left = self::told(&left);
            law!(left.is_empty(), "{told}: `{}` brings for good {left:#?}:\n{fixed}", fix.title);
        }
    }
    Ok(())
}

fn wanted(finding: &Finding, most: Safety) -> Option<Fix> {
    finding.fixes.iter().find(|fix| fix.safety <= most).cloned()
}

fn settled(workspace: &Workspace, texts: &Texts, most: Safety) -> Settled {
    settle_only(workspace, texts, |_, finding| wanted(finding, most))
}

fn settle_only(workspace: &Workspace, texts: &Texts, wanted: impl Fn(&View, &Finding) -> Option<Fix>) -> Settled {
    let check = |round: &Texts, outlook: &Outlook| {
        let mut all = texts.clone();
        all.extend(round.iter().map(|(path, text)| (path.clone(), text.clone())));
        Ok(look_under(workspace, &all, &Settings { outlook: outlook.clone(), ..Settings::default() }))
    };
    settle(check, wanted).unwrap()
}

/// All of them, in rounds.
fn together(workspace: &Workspace, first: &View, most: Safety) -> Outcome {
    let end = settled(workspace, &Texts::new(), most);
    let shown = |end: &Settled| end.changes.iter().map(|change| change.after.to_string()).collect::<String>();
    let paths: Vec<&Path> = end.changes.iter().map(|change| change.path.as_path()).collect();
    let new = told(&new(workspace, first, end.view(), &paths));
    law!(new.is_empty(), "{most:?} fixes bring {new:#?}:\n{}", shown(&end));
    for change in &end.changes {
        let patch = mirrorlint::report::patch(
            std::slice::from_ref(change),
            Path::new("."),
            mirrorlint::report::Style { color: false, links: false, width: 80 },
        );
        law!(patched(&change.before, &patch) == *change.after, "{patch}\nis not what is written:\n{}", change.after);
        let list = List::parse(first.checked.findings[0].span.file, &change.after);
        law!(list.to_string() == *change.after, "not read whole: {}", change.after);
    }
    law!(!takes_a_chart(first, end.view()), "{most:?} fixes take a chart from a list:\n{}", shown(&end));
    law!(!takes_a_region(first, end.view()), "{most:?} fixes take a region from a list:\n{}", shown(&end));
    if most == Safety::Safe {
        comments_stay(first, end.view())?;
    }
    let missed = missed_suppressions(workspace, first, end.view());
    law!(missed.is_empty(), "{most:?} fixes delete what would serve: {missed:#?}\n{}", shown(&end));
    let is_of = |held: &Withheld, finding: &Finding| {
        held.fix.key == finding.key() && held.fix.path == file_of(end.view(), finding)
    };
    for held in end.withheld.iter().filter(|_| most == Safety::Safe) {
        let finding = end.view().checked.findings.iter().find(|finding| is_of(held, finding));
        let fix = finding.and_then(|finding| wanted(finding, most)).unwrap();
        let file = end.view().sources.get(fix.edits()[0].span.file);
        let mut texts: Texts = end.changes.iter().map(|change| (change.path.clone(), change.after.clone())).collect();
        texts.insert(file.path().to_owned(), apply(file.text(), &fix).into());
        let then = look(workspace, &texts);
        let takes = takes_a_chart(first, &then) || takes_a_region(first, &then);
        let is_harmful = || !self::new(workspace, first, &then, &[file.path()]).is_empty();
        law!(
            takes || (has_switches(first) && is_harmful()) || brings_a_chart(workspace, end.view(), &then, file.path()),
            "withheld: {held:#?}\n{}",
            shown(&end)
        );
    }
    let given_up = |finding: &Finding, fix: &Fix| {
        end.withheld.iter().any(|held| is_of(held, finding) && held.fix.title == fix.title)
    };
    for finding in &end.view().checked.findings {
        let Some(fix) = wanted(finding, most).filter(|fix| !given_up(finding, fix)) else { continue };
        law!(false, "after {MAX_ROUNDS} rounds `{}` is left for {}:\n{}", fix.title, finding.message, shown(&end));
    }
    let texts: Texts = end.changes.iter().map(|change| (change.path.clone(), change.after.clone())).collect();
    let again: Vec<Change> = settled(workspace, &texts, most).changes;
    law!(again.is_empty(), "a second run changes {again:#?}");
    Ok(())
}

/// A list as it was, and after fixes that delete no entry; with the entries that it had, as they are now.
struct Pair {
    old: List,
    new: List,
}

impl Pair {
    fn all(before: &View, after: &View) -> Vec<Self> {
        let lists = after.checked.lists.iter();
        let read = |view: &View, path: &Path| {
            let file = view.sources.find(path).unwrap();
            List::parse(file, view.sources.get(file).text())
        };
        lists.map(|list| Self { old: read(before, &list.path), new: read(after, &list.path) }).collect()
    }

    /// The entries that stayed: what was listed meanwhile has a name of its own.
    fn entries(&self) -> Vec<(&Entry, &Entry)> {
        let was_there = |now: &&Entry| self.old.entries.iter().any(|entry| entry.name.text == now.name.text);
        let now: Vec<&Entry> = self.new.entries.iter().filter(was_there).collect();
        assert_eq!(now.len(), self.old.entries.len(), "{}", self.new);
        self.old.entries.iter().zip(now).collect()
    }
}

/// Which entries own some lines, by number, where any does.
type Owners = Vec<Option<usize>>;

fn comments(list: &List) -> impl Iterator<Item = (usize, &str)> {
    let lines = list.lines.iter().enumerate().filter(|(_, line)| line.kind == LineKind::Comment);
    lines.map(|(at, line)| (at, list.line_text(line).trim()))
}

fn image(entry: &Entry) -> Option<Reference> {
    Reference::parse(&entry.source.text).ok()
}

/// The key of a comment, and what stands behind it.
fn field(comment: &str) -> Option<(String, &str)> {
    let (key, said) = comment.trim_start_matches(['#', ' ']).split_once(':')?;
    Some((bare(key), said.trim_start()))
}

/// Letters and digits alone.
fn bare(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// Comments stay with their entries, and what is written says something of the entry below.
fn comments_stay(before: &View, after: &View) -> Outcome {
    for pair in Pair::all(before, after) {
        let entries = pair.entries();
        let below = |line: usize| pair.new.entries.iter().find(|entry| entry.line > line);
        let owner = |line: usize| {
            let owns = |entry: &Entry| {
                entry.block.contains(&line) || pair.old.parted_comments(entry).is_some_and(|at| at.contains(&line))
            };
            entries.iter().position(|(entry, _)| owns(entry))
        };
        let owner_now = |line: usize| entries.iter().position(|(_, now)| below(line).is_some_and(|it| it == *now));
        let mut owners: BTreeMap<&str, (Owners, Owners)> = BTreeMap::new();
        comments(&pair.old).for_each(|(at, text)| owners.entry(text).or_default().0.push(owner(at)));
        comments(&pair.new).for_each(|(at, text)| owners.entry(text).or_default().1.push(owner_now(at)));
        // Another one may have been written as an old one was that is corrected now.
        owners.retain(|text, _| !matches!(field(text), Some((key, _)) if key == "repository" || key == "tag"));
        for (text, (old, new)) in owners.iter().filter(|(_, (old, _))| old.iter().all(Option::is_some)) {
            let (mut most, least) = if new.len() > old.len() { (new.clone(), old) } else { (old.clone(), new) };
            let is_in = |one: &Option<usize>| most.iter().position(|it| it == one).map(|at| most.remove(at)).is_some();
            law!(old.is_empty() || least.iter().all(is_in), "`{text}` belongs to another entry:\n{}", pair.new);
        }
        for (at, text) in comments(&pair.new) {
            let has = |part: &str| comments(&pair.old).any(|(_, old)| old.contains(part));
            let image = below(at).and_then(image);
            let name = image.as_ref().and_then(|image| image.path().rsplit('/').next());
            let (said, right) = match field(text) {
                Some((key, said)) if key == "repository" => {
                    (said.to_owned(), image.as_ref().map(|image| image.name().to_owned()))
                }
                Some((key, said)) if key == "tag" => (
                    said.split([' ', ',']).next().unwrap().to_owned(),
                    image.as_ref().and_then(|image| image.tag().map(str::to_owned)),
                ),
                _ => match text.split_once(" (from ").filter(|(title, _)| !has(title)) {
                    Some((title, _)) => (bare(title), name.map(bare)),
                    None => continue,
                },
            };
            law!(has(text) || right == Some(said), "`{text}` stands above another entry:\n{}", pair.new);
        }
    }
    Ok(())
}

/// What lists an image that some chart names, deployed or not, goes on listing it; what is frozen keeps its tag.
fn entries_stay(case: &Case, before: &View, after: &View) -> Outcome {
    let named: Vec<Reference> = case.named().iter().map(|image| Reference::parse(image).unwrap()).collect();
    let serves = |listed: &Reference, image: &Reference| {
        listed.same_repository(image)
            && listed.tag() == image.tag()
            && (listed.digest().is_none() || listed.digest() == image.digest())
    };
    for pair in Pair::all(before, after) {
        for (old, now) in pair.entries() {
            let (Some(was), Some(is)) = (image(old), image(now)) else { continue };
            let name = &old.name.text;
            let is_named = named.iter().any(|image| serves(&was, image));
            law!(
                !is_named || is.same_repository(&was) && is.tag() == was.tag(),
                "{name} lost {}:\n{}",
                was.as_str(),
                pair.new
            );
            let is_frozen = pair.old.line_text(&pair.old.lines[old.line]).contains(FROZEN)
                && !matches!(was.tag(), None | Some("latest"));
            law!(!is_frozen || is.tag() == was.tag(), "{name} was frozen at {}:\n{}", was.as_str(), pair.new);
        }
    }
    Ok(())
}

fn holds(case: &Case, most: usize) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in case.files() {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let workspace = discover(folder.path()).unwrap();
    let first = look(&workspace, &Texts::new());
    law!(first.checked.errors.is_empty(), "the list is refused: {:?}", first.checked.errors);
    for list in &workspace.lists {
        let file = first.sources.find(list).unwrap();
        let read = first.sources.get(file);
        let text = read.text();
        law!(List::parse(file, text).to_string() == **text, "not read whole");
    }
    each_alone(&workspace, &first, most)?;
    together(&workspace, &first, Safety::Safe)?;
    entries_stay(case, &first, settled(&workspace, &Texts::new(), Safety::Safe).view())?;
    together(&workspace, &first, Safety::Unsafe)
}

fn with_files(outcome: Outcome, case: &Case) -> Outcome {
    outcome.map_err(|error| {
        let files: String = case.files().iter().map(|(path, text)| format!("--- {path}\n{text}\n")).collect();
        TestCaseError::fail(format!("{error}\n{files}"))
    })
}

#[test]
fn fixes_keep_the_laws() {
    let asked = std::env::var("MIRRORLINT_LAWS").unwrap_or_default();
    let (seed, cases) =
        asked.split_once(':').map_or((1, 200), |(seed, cases)| (seed.parse().unwrap(), cases.parse().unwrap()));
    let most = if asked.is_empty() { 3 } else { usize::MAX };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&u64::to_le_bytes(seed));
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 3000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    if let Err(error) = runner.run(&case(), |case| with_files(holds(&case, most), &case)) {
        panic!("{error}");
    }
}
