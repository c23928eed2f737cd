//! Names for new entries: as the team names the others where that can be seen, never one that ECR refuses or that is taken. The
//! habit is read from the entries alone.

use crate::image::{Reference, check_repository_name};
use crate::mirror::Entry;

/// What may part the words of a name.
const SEPARATORS: [char; 4] = ['/', '-', '_', '.'];

/// The entries, by what they show of the team's habit.
pub(crate) struct Habit<'a> {
    entries: Vec<(&'a str, Reference)>,
    /// How most names are made.
    scheme: Option<Scheme<'a>>,
    /// Whether the names of images have the owner of the image in front, where their last path part does not say it.
    is_fronted: bool,
    /// What all names begin with, or most, which is of no image.
    prefix: &'a str,
}

/// What a name has of its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The last part of the path.
    Last,
    /// The path as it is written, with that between its parts.
    Path(char),
    /// The path in full: `library/nginx`.
    WholePath(char),
    /// The registry, too: `docker.io/library/nginx`.
    Whole(char),
}

/// How names are made: what stands in front, and what of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scheme<'a> {
    prefix: &'a str,
    form: Form,
    /// Whether all names are made so.
    is_common: bool,
}

impl<'a> Habit<'a> {
    /// The habit that `entries` show.
    pub fn of(entries: &'a [Entry]) -> Self {
        let read = |entry: &'a Entry| Some((entry.name.text.as_str(), Reference::parse(&entry.source.text).ok()?));
        let read: Vec<_> = entries.iter().filter_map(read).collect();
        let scheme = scheme(&read, entries.len());
        let mut fronted = read.iter().filter_map(|(name, image)| Some(*name == under_owner(image)?)).peekable();
        let is_fronted = fronted.peek().is_some() && fronted.all(|is_fronted| is_fronted);
        let prefix = scheme.map(|scheme| scheme.prefix).filter(|prefix| !prefix.is_empty());
        Self { scheme, is_fronted, prefix: prefix.unwrap_or_else(|| common_prefix(entries)), entries: read }
    }

    /// A repository name for `image` that ECR accepts and that is not `taken`: as the habit is, where ECR accepts that; else its
    /// last path part. More of the path stands in front where that is needed.
    pub fn name(&self, image: &Reference, taken: &[String]) -> String {
        let parts = parts(image.path());
        let last = parts.last().map(String::as_str).unwrap_or_default();
        let made = |scheme: Scheme<'_>| fronted(scheme.prefix, &scheme.form.of(image));
        let habitual = match self.scheme.filter(|scheme| scheme.is_common && scheme.form != Form::Last) {
            Some(scheme) => made(scheme),
            None => match (self.front(image), self.scheme) {
                (Some(front), _) => fronted(front, last),
                (None, _) if self.is_fronted => under_owner(image).unwrap_or_else(|| last.to_owned()),
                (None, Some(scheme)) => made(scheme),
                (None, None) => fronted(self.prefix, last),
            },
        };
        let longer = |prefix: &str| -> Vec<String> {
            (1..=parts.len()).map(|count| fronted(prefix, &parts[parts.len() - count..].join("-"))).collect()
        };
        let free = |name: &String| check_repository_name(name).is_ok() && !taken.contains(name);
        let names = std::iter::once(habitual).chain(longer(self.prefix)).chain(longer(""));
        let whole = parts.join("-");
        let numbered = (2..).map(|number| format!("{whole}-{number}"));
        names.chain(numbered).find(free).unwrap_or_default()
    }

    /// What stands in front of the last path part in the names of the entries whose images are nearest to `image`: in the same
    /// folder of the same registry, or with as many folders in common as any have. Nothing when there are none, or they differ.
    fn front(&self, image: &Reference) -> Option<&'a str> {
        let own = folders(image);
        let near = |other: &Reference| {
            let other = folders(other);
            let common = own.iter().zip(&other).take_while(|(one, other)| one == other).count();
            // The registry alone says nothing: Docker Hub has images of all the world.
            if common > 1 || own == other { common } else { 0 }
        };
        let most = self.entries.iter().map(|(_, other)| near(other)).max().filter(|most| *most > 0)?;
        let fronts = self.entries.iter().filter(|(_, other)| near(other) == most).filter_map(|(name, other)| {
            let front = name.strip_suffix(parts(other.path()).last()?.as_str())?;
            (front.is_empty() || front.ends_with(SEPARATORS)).then_some((front, other))
        });
        let fronts: Vec<_> = fronts.collect();
        let (first, image) = *fronts.first()?;
        // What one entry alone has in front may say what that one is, as a version does, and not whose.
        let is_whose = || first.split(SEPARATORS).all(|word| image.repository().contains(word));
        (fronts.iter().all(|(front, _)| *front == first) && (fronts.len() > 1 || is_whose())).then_some(first)
    }
}

/// `name` with `prefix` in front, unless it begins with that.
fn fronted(prefix: &str, name: &str) -> String {
    if name.starts_with(prefix) { name.to_owned() } else { format!("{prefix}{name}") }
}

/// The last path part with the owner in front: `nvidia-k8s-device-plugin` for `nvidia/k8s-device-plugin`. Nothing where the last
/// part says the owner (`mpioperator/mpi-operator`) or the registry does: an account of ECR.
fn under_owner(image: &Reference) -> Option<String> {
    let parts = parts(image.path());
    let (owner, last) = (parts.first()?, parts.last()?);
    let bare = |part: &str| part.replace(SEPARATORS, "");
    let said = parts.len() < 2 || image.ecr().is_some() || is_official(image) || bare(last).contains(&bare(owner));
    (!said).then(|| format!("{owner}-{last}"))
}

/// Whether it is one of Docker Hub's own images, which have no owner.
fn is_official(image: &Reference) -> bool {
    image.path().starts_with("library/")
}

/// How at least three of four names are made, and two at least; one that has more of the image than its last part where two show
/// that. `count` is the number of entries, those that cannot be read among them.
fn scheme<'a>(entries: &[(&'a str, Reference)], count: usize) -> Option<Scheme<'a>> {
    let of_all = |form: fn(char) -> Form| SEPARATORS.map(form);
    let forms = [Form::Path, Form::WholePath, Form::Whole].into_iter().flat_map(of_all);
    let mut best: Option<(usize, Scheme<'a>)> = None;
    for form in std::iter::once(Form::Last).chain(forms) {
        let mut counted: Vec<(&str, usize, usize)> = Vec::new();
        for (name, image) in entries {
            let Some(prefix) = prefix_of(name, image, form) else { continue };
            let shows = usize::from(form == Form::Last || prefix_of(name, image, Form::Last) != Some(prefix));
            match counted.iter_mut().find(|(known, ..)| *known == prefix) {
                Some((_, votes, shown)) => (*votes, *shown) = (*votes + 1, *shown + shows),
                None => counted.push((prefix, 1, shows)),
            }
        }
        for (prefix, votes, shown) in counted {
            let is_habit = votes * 4 >= count * 3 && shown > 1;
            if is_habit && best.is_none_or(|(most, _)| votes > most) {
                best = Some((votes, Scheme { prefix, form, is_common: votes == count }));
            }
        }
    }
    best.map(|(_, scheme)| scheme)
}

/// What stands in front of that of `image` in `name`: nothing, or what ends with a separator and is not the image's own.
fn prefix_of<'a>(name: &'a str, image: &Reference, form: Form) -> Option<&'a str> {
    let prefix = name.strip_suffix(form.of(image).as_str())?;
    let is_own = || {
        let repository = image.repository();
        let words: Vec<&str> = repository.split(SEPARATORS).collect();
        prefix.trim_end_matches(SEPARATORS).split(SEPARATORS).all(|word| words.contains(&word))
    };
    (prefix.is_empty() || (prefix.ends_with(SEPARATORS) && !is_own())).then_some(prefix)
}

impl Form {
    /// That of `image`.
    fn of(self, image: &Reference) -> String {
        let repository = image.repository();
        let (parts, separator) = match self {
            Self::Last => return parts(image.path()).pop().unwrap_or_default(),
            Self::Path(separator) => (parts(image.path()), separator),
            Self::WholePath(separator) => (parts(repository.split_once('/').map_or("", |(_, path)| path)), separator),
            Self::Whole(separator) => (parts(&repository), separator),
        };
        parts.join(&separator.to_string())
    }
}

/// The registry and the folders within it.
fn folders(image: &Reference) -> Vec<String> {
    let mut parts: Vec<String> = image.repository().split('/').map(str::to_owned).collect();
    parts.pop();
    parts
}

/// The parts of an image's path, each with ECR's stricter rule: one separator between letters or digits.
fn parts(path: &str) -> Vec<String> {
    let part = |part: &str| {
        let mut name = String::with_capacity(part.len());
        for letter in part.chars() {
            let separator = !letter.is_ascii_alphanumeric();
            if !(separator && name.ends_with(['.', '_', '-'])) {
                name.push(letter);
            }
        }
        name
    };
    path.split('/').map(part).collect()
}

/// What the names of all `entries` begin with, up to a separator, when that is the team's habit and not the images' own.
fn common_prefix(entries: &[Entry]) -> &str {
    let Some((first, others)) = entries.split_first().filter(|(_, others)| !others.is_empty()) else { return "" };
    let first = first.name.text.as_str();
    let shared = |name: &str| first.bytes().zip(name.bytes()).take_while(|(one, other)| one == other).count();
    let length = others.iter().map(|entry| shared(&entry.name.text)).min().unwrap_or_default();
    let common = &first.as_bytes()[..length];
    let end = common.iter().rposition(|byte| SEPARATORS.contains(&char::from(*byte))).map_or(0, |at| at + 1);
    let prefix = &first[..end];
    let own = |entry: &Entry| entry.source.text.contains(prefix) || entry.name.text.len() == end;
    if entries.iter().any(own) { "" } else { prefix }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    /// The name for a new `image` in a list of `entries`, parted by blanks.
    fn name(entries: &str, image: &str) -> String {
        let sources = Sources::new();
        let file = sources.add("list", entries.replace(' ', "\n").as_str().into());
        let list = crate::mirror::List::parse(file, sources.get(file).text());
        let taken: Vec<String> = list.entries.iter().map(|entry| entry.name.text.clone()).collect();
        Habit::of(&list.entries).name(&Reference::parse(image).unwrap(), &taken)
    }

    #[test]
    fn names_are_free_and_acceptable() {
        let image = "public.ecr.aws/neuron/device__plugin--x:1";
        assert_eq!(name("", image), "device_plugin-x");
        assert_eq!(name("device_plugin-x=a:1", image), "neuron-device_plugin-x");
        assert_eq!(name("device_plugin-x=a:1 neuron-device_plugin-x=b:1", image), "neuron-device_plugin-x-2");
        assert_eq!(name("", "quay.io/acme/x:1"), "acme-x", "ECR wants two letters");
    }

    #[test]
    fn names_begin_as_all_others_do() {
        let image = "ghcr.io/acme/web:1";
        assert_eq!(name("mirror/nginx=nginx:1 mirror/redis=redis:7", image), "mirror/web");
        assert_eq!(name("mirror/web=nginx:1 mirror/redis=redis:7", image), "mirror/acme-web");
        assert_eq!(name("acme-k8s-nginx=nginx:1 acme-k8s-redis=redis:7", image), "acme-k8s-web");
        assert_eq!(name("acme-nginx=nginx:1 acme-redis=redis:7", "quay.io/x/acme-web:1"), "acme-web", "once is enough");
        assert_eq!(name("acme-web=quay.io/acme/web:1", "quay.io/acme/acme-db:1"), "acme-db");
        assert_eq!(name("acme-web=nginx:1 acme-redis=redis:7", "quay.io/acme/web:1"), "web", "that one is taken");
        assert_eq!(
            name("Mirror/nginx=nginx:1 Mirror/redis=redis:7", image),
            "web",
            "ECR refuses the other names as well"
        );
        // Most do.
        let most = "team/nginx=nginx:1 team/redis=redis:7 other=ghcr.io/x/other:1 team/db=quay.io/acme/db:1";
        assert_eq!(name(most, "gcr.io/y/web:1"), "team/web");
        assert_eq!(name(most, "ghcr.io/x/web:1"), "web", "the nearest has none");
        assert_eq!(name(&format!("{most} two=ghcr.io/y/two:1"), "gcr.io/y/web:1"), "web", "not most of them");
        for none in [
            "mirror/nginx=nginx:1",
            "nginx=nginx:1 mirror/redis=redis:7",
            "aws-node=eks/aws-node:1 aws-efa=eks/aws-efa:2",
            "a-=nginx:1 a-b=redis:7",
        ] {
            assert_eq!(name(none, image), "web", "{none}");
        }
    }

    #[test]
    fn names_are_paths_where_all_are() {
        let paths = "nvidia/driver=nvcr.io/nvidia/driver:1 nvidia/toolkit=nvcr.io/nvidia/toolkit:1";
        assert_eq!(name(paths, "ghcr.io/acme/web:1"), "acme/web");
        let dashes = "nvidia-driver=nvcr.io/nvidia/driver:1 acme-web=quay.io/acme/web:1 nginx=nginx:1";
        assert_eq!(name(dashes, "quay.io/prometheus/node-exporter:1"), "prometheus-node-exporter");
        assert_eq!(name(dashes, "redis:7"), "redis");
        assert_eq!(name(&format!("{paths} web=nginx:1"), "ghcr.io/acme/web:1"), "acme-web", "not most of them");
        let mirror =
            "mirror/nvidia/driver=nvcr.io/nvidia/driver:1 mirror/acme/web=quay.io/acme/web:1 mirror/redis=redis:7";
        assert_eq!(name(mirror, "ghcr.io/other/web:1"), "mirror/other/web");
        assert_eq!(name(mirror, "nginx:1"), "mirror/nginx");
        let whole_path = "library/redis=redis:7 acme/web=quay.io/acme/web:1 library/nginx=docker.io/nginx:1";
        assert_eq!(name(whole_path, "busybox:1"), "library/busybox");
        assert_eq!(name(whole_path, "docker.io/library/busybox:1"), "library/busybox");
        assert_eq!(name(whole_path, "ghcr.io/x/y/tool:1"), "x/y/tool");
        let whole = "docker.io/library/redis=redis:7 quay.io/acme/web=quay.io/acme/web:1";
        assert_eq!(name(whole, "nginx:1"), "docker.io/library/nginx");
        assert_eq!(name(whole, "ghcr.io/acme/web:1"), "ghcr.io/acme/web");
        assert_eq!(name(whole, "ghcr.io/acme/my__web:1"), "ghcr.io/acme/my_web");
        assert_eq!(name(whole, "Registry:5000/acme/web:1"), "web", "ECR refuses the port");
        let dashed = "m-quay.io-acme-web=quay.io/acme/web:1 m-docker.io-library-redis=redis:7";
        assert_eq!(name(dashed, "nginx:1"), "m-docker.io-library-nginx");
    }

    #[test]
    fn names_follow_those_of_the_nearest_images() {
        // As the lists of the field are: some names have the namespace in front, some do not.
        let list = "efa-plugin=602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/efa-plugin:1 \
                    nvidia-k8s-device-plugin=nvcr.io/nvidia/k8s-device-plugin:1 \
                    mpi-operator=mpioperator/mpi-operator:1 kubeflow-training-operator=kubeflow/training-operator:1";
        assert_eq!(name(list, "nvcr.io/nvidia/gpu-operator:1"), "nvidia-gpu-operator");
        assert_eq!(name(list, "nvcr.io/nvidia/cloud-native/dcgm:1"), "nvidia-dcgm");
        assert_eq!(name(list, "kubeflow/trainer:1"), "kubeflow-trainer");
        assert_eq!(name(list, "mpioperator/base:1"), "base");
        assert_eq!(name(list, "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/agent:1"), "agent");
        assert_eq!(name(list, "nginx:1"), "nginx");
        assert_eq!(name(list, "ghcr.io/nvidia/x-plugin:1"), "nvidia-x-plugin", "owners stand in front");
        assert_eq!(name(list, "docker.io/library/redis:7"), "redis");
        assert_eq!(name(list, "quay.io/jetstack/cert-manager-webhook:1"), "jetstack-cert-manager-webhook");
        assert_eq!(name(list, "public.ecr.aws/neuron/neuron-device-plugin:2"), "neuron-device-plugin");
        assert_eq!(name(&format!("{list} tool=ghcr.io/acme/tool:1"), "ghcr.io/other/web:1"), "web", "not all of them");
        let differing = "a-one=quay.io/acme/one:1 two=quay.io/acme/two:1";
        assert_eq!(name(differing, "quay.io/acme/three:1"), "three");
        assert_eq!(name("k8s-pause=registry.k8s.io/pause:3", "registry.k8s.io/etcd:1"), "k8s-etcd");
        assert_eq!(name("k8s-pause=registry.k8s.io/pause:3", "registry.k8s.io/sig/csi:1"), "csi");
        assert_eq!(name("web=nginx:1", "redis:7"), "redis", "a name of somebody's own shows no habit");
        let driver = "driver-595-driver=nvcr.io/nvidia/driver:595.91.07";
        assert_eq!(name(driver, "nvcr.io/nvidia/toolkit:1"), "toolkit", "what one entry is says nothing of others");
        let both = format!("{driver} driver-595-tool=nvcr.io/nvidia/tool:595");
        assert_eq!(name(&both, "nvcr.io/nvidia/toolkit:1"), "driver-595-toolkit", "what two have is a habit");
    }
}
