//! Values as Go's reflection sees them inside a template. Maps are shared and mutable (`set` changes them in place, also
//! `.Values`), as in Go; everything else is immutable. Lives within one rendering; not `Send`.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::rc::Rc;

use crate::source::{Origin, Origins, Text};

/// A Go value.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// An untyped nil: a missing key, YAML's null.
    #[default]
    Nil,
    /// `bool`
    Bool(bool, Origins),
    /// One of the integer types.
    Int(i64, IntKind, Origins),
    /// `float64`: every number of YAML and JSON.
    Float(f64, Origins),
    /// `string`
    String(Text),
    /// `[]byte` or `[]uint8`: the content of a file.
    Bytes(Text),
    /// A slice.
    List(Rc<List>),
    /// A map with string keys.
    Map(Rc<Map>),
    /// A struct or pointer to one.
    Object(Rc<dyn Object>),
}

/// Bytes of a list without members.
const EMPTY_LIST: usize = 64;
/// Bytes of a map without entries; of one that has some, those of the room for more.
const EMPTY_MAP: usize = 512;

/// Go's integer types that templates meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntKind {
    /// `int`: literals, `len`, `int`.
    Int,
    /// `int64`: Sprig's arithmetic.
    Int64,
    /// `int32`, also `rune`
    Int32,
    /// `uint8`, also `byte`: what indexing a string gives.
    Uint8,
    /// `uint32`
    Uint32,
    /// `uint64`
    Uint64,
    /// `time.Duration`, an `int64` that prints as `1h0m0s`.
    Duration,
    /// `time.Month`, an `int` that prints as `January`.
    Month,
    /// `time.Weekday`, an `int` that prints as `Sunday`.
    Weekday,
}

/// What a slice or map holds, where Go's static type says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `interface {}`
    Any,
    /// `string`
    String,
    /// `int`
    Int,
    /// `map[string]interface {}`
    Map,
    /// `[]string` (`[][]string`) or `[]interface {}`
    List,
    /// Something else: the slice has this Go type, such as `[]*chart.Maintainer`.
    Named(&'static str),
}

/// A slice.
#[derive(Debug)]
pub struct List {
    /// Its element type.
    pub element: Element,
    /// Whether it is a nil slice: empty, and `null` in JSON. What a file does not mention, what `rest`, `initial`, `concat` and
    /// `regexFindAll` give when there is nothing to put in.
    pub is_nil: bool,
    /// The elements.
    pub items: Vec<Value>,
}

/// A map type that templates can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapKind {
    /// `map[string]interface {}`
    Any,
    /// `map[string]string`
    String,
    /// `chartutil.Values`, a named `map[string]interface {}`
    Values,
}

/// A map with string keys; ranges and prints in the order of its keys.
#[derive(Debug)]
pub struct Map {
    /// Its type.
    pub kind: MapKind,
    /// Whether it is a nil map: empty, and `null` in JSON; nothing can be set. What `fromJson` reads from `null`, annotations that
    /// a chart does not have.
    pub is_nil: bool,
    /// The entries; changed in place by `set`, `unset`, `merge` and the like. Never keep a borrow across an evaluation.
    pub entries: Entries,
}

impl Map {
    /// `map` as a `map[string]interface {}`, which functions take and give back: of another type, with the same entries.
    #[must_use]
    pub fn plain(map: &Rc<Self>) -> Rc<Self> {
        if map.kind != MapKind::Values {
            return map.clone();
        }
        let entries = Entries { own: RefCell::default(), of: Some(map.clone()) };
        Rc::new(Self { kind: MapKind::Any, is_nil: map.is_nil, entries })
    }
}

/// The entries of a map, or of the map that it is another type of.
#[derive(Debug, Default)]
pub struct Entries {
    own: RefCell<BTreeMap<Text, Value>>,
    of: Option<Rc<Map>>,
}

impl From<BTreeMap<Text, Value>> for Entries {
    fn from(entries: BTreeMap<Text, Value>) -> Self {
        Self { own: RefCell::new(entries), of: None }
    }
}

impl Entries {
    fn cell(&self) -> &RefCell<BTreeMap<Text, Value>> {
        self.of.as_ref().map_or(&self.own, |map| map.entries.cell())
    }

    /// The entries, to read.
    pub fn borrow(&self) -> Ref<'_, BTreeMap<Text, Value>> {
        self.cell().borrow()
    }

    /// The entries, to change.
    pub fn borrow_mut(&self) -> RefMut<'_, BTreeMap<Text, Value>> {
        self.cell().borrow_mut()
    }
}

// A template can nest lists and maps deeper than the stack is: they are taken apart from the outside, not by recursion.

impl Drop for List {
    fn drop(&mut self) {
        if self.items.iter().any(Value::is_collection) {
            dismantle(std::mem::take(&mut self.items));
        }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        let entries = self.entries.own.get_mut();
        if entries.values().any(Value::is_collection) {
            dismantle(std::mem::take(entries).into_values().collect());
        }
    }
}

fn dismantle(mut rest: Vec<Value>) {
    while let Some(value) = rest.pop() {
        match value {
            Value::List(list) => {
                if let Ok(mut list) = Rc::try_unwrap(list) {
                    rest.append(&mut list.items);
                }
            }
            Value::Map(map) => {
                if let Ok(mut map) = Rc::try_unwrap(map) {
                    rest.extend(std::mem::take(map.entries.own.get_mut()).into_values());
                }
            }
            _ => {}
        }
    }
}

/// A struct, pointer or named type with fields and methods: `.Chart`, `.Capabilities`, `.Files`, a semantic version, a time.
pub trait Object: fmt::Debug {
    /// Go's name of the type: `*chart.Metadata`.
    fn type_name(&self) -> &'static str;
    /// Go's kind: `struct`, `ptr`, `map`, `slice`.
    fn kind(&self) -> &'static str;
    /// An exported field.
    fn field(&self, name: &str) -> Option<Value>;
    /// Whether there is a method of this name.
    fn has_method(&self, name: &str) -> bool {
        let _ = name;
        false
    }
    /// The types of a method's parameters; arguments are converted to them, and counted, before the call. `None`: unknown,
    /// the method takes what it gets.
    fn parameters(&self, name: &str) -> Option<&'static [crate::template::functions::Type]> {
        let _ = name;
        None
    }
    /// Calls a method with evaluated arguments.
    ///
    /// # Errors
    /// What Go would say, without the `error calling NAME: ` in front.
    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, String> {
        let _ = arguments;
        Err(format!("{name} is not a method of {}", self.type_name()))
    }
    /// What its `String` method gives, by which `fmt` prints it.
    fn string(&self) -> Option<Text> {
        None
    }
    /// What the `String` method of its pointer gives: an action prints a field of what a pointer points to by that.
    fn string_by_address(&self) -> Option<Text> {
        None
    }
    /// What an `interface {}` holds of it, where that is another thing: a copy of a struct has no address, and so none of the
    /// methods of its pointer.
    fn boxed(&self) -> Option<Value> {
        None
    }
    /// What `fmt` prints where no method does: the fields of a struct or of what a pointer points to, in Go's order, also
    /// those that templates cannot see.
    fn members(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }
    /// What `range` iterates over, as key and value, and what `toJson` and `toYaml` write for it (a map, list or scalar).
    fn data(&self) -> Value;
    /// Go's truth: false for an empty map, slice or nil pointer; structs are always true.
    fn truth(&self) -> bool {
        true
    }
    /// For downcasting by the functions that take this type.
    fn as_any(&self) -> &dyn std::any::Any;
}

impl Value {
    fn is_collection(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_))
    }

    /// A string.
    pub fn string(text: impl Into<Text>) -> Self {
        Self::String(text.into())
    }

    /// An `int` of unknown origin.
    #[must_use]
    pub fn int(value: i64) -> Self {
        Self::Int(value, IntKind::Int, None)
    }

    /// A `bool` of unknown origin.
    #[must_use]
    pub fn bool(value: bool) -> Self {
        Self::Bool(value, None)
    }

    /// A `[]interface {}`.
    #[must_use]
    pub fn list(items: Vec<Value>) -> Self {
        Self::list_of(Element::Any, items)
    }

    /// A `[]string`.
    #[must_use]
    pub fn strings(items: Vec<Text>) -> Self {
        let items = items.into_iter().map(Self::String).collect();
        Self::list_of(Element::String, items)
    }

    /// A slice of the given element type.
    #[must_use]
    pub fn list_of(element: Element, items: Vec<Value>) -> Self {
        Self::List(Rc::new(List { element, is_nil: false, items }))
    }

    /// A slice that is nil when there is nothing to put in.
    #[must_use]
    pub fn list_or_nil(element: Element, items: Vec<Value>) -> Self {
        Self::List(Rc::new(List { element, is_nil: items.is_empty(), items }))
    }

    /// A `map[string]interface {}`.
    #[must_use]
    pub fn map(entries: BTreeMap<Text, Value>) -> Self {
        Self::map_of(MapKind::Any, entries)
    }

    /// A `chartutil.Values`.
    #[must_use]
    pub fn values(entries: BTreeMap<Text, Value>) -> Self {
        Self::map_of(MapKind::Values, entries)
    }

    /// A `[]string` that is nil when there is nothing to put in.
    #[must_use]
    pub fn strings_or_nil(items: Vec<Text>) -> Self {
        Self::list_or_nil(Element::String, items.into_iter().map(Self::String).collect())
    }

    /// A map of the given type.
    #[must_use]
    pub fn map_of(kind: MapKind, entries: BTreeMap<Text, Value>) -> Self {
        Self::Map(Rc::new(Map { kind, is_nil: false, entries: entries.into() }))
    }

    /// A nil map of the given type.
    #[must_use]
    pub fn nil_map(kind: MapKind) -> Self {
        Self::Map(Rc::new(Map { kind, is_nil: true, entries: Entries::default() }))
    }

    /// Whether it is nil, of a type or of none: Go's `IsNil`.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        match self {
            Self::Nil => true,
            Self::List(list) => list.is_nil,
            Self::Map(map) => map.is_nil,
            _ => false,
        }
    }

    /// About the bytes that this value takes by itself, its members by themselves left out: what a copy of it counts for.
    #[must_use]
    pub fn footprint(&self) -> usize {
        match self {
            Self::List(list) => EMPTY_LIST + list.items.len() * size_of::<Self>(),
            // A tree of up to eleven entries is one node of full size.
            Self::Map(map) => EMPTY_MAP + map.entries.borrow().len() * (size_of::<Text>() + size_of::<Self>()),
            _ => size_of::<Self>(),
        }
    }

    /// Everything that this value came from; collections give the union over their members. A member that is met again,
    /// or nested absurdly deep, is not looked at.
    #[must_use]
    pub fn origins(&self) -> Origins {
        match self {
            Self::Nil | Self::Object(_) => None,
            Self::Bool(_, origins) | Self::Int(_, _, origins) | Self::Float(_, origins) => origins.clone(),
            Self::String(text) | Self::Bytes(text) => text.origins(),
            Self::List(_) | Self::Map(_) => {
                let mut found = Vec::new();
                self.gather(&mut HashSet::new(), 200, &mut found);
                Origin::union(found)
            }
        }
    }

    fn gather(&self, met: &mut HashSet<usize>, depth: usize, found: &mut Vec<Origin>) {
        match self {
            _ if depth == 0 => {}
            Self::List(list) if met.insert(Rc::as_ptr(list).addr()) => {
                list.items.iter().for_each(|item| item.gather(met, depth - 1, found));
            }
            Self::Map(map) if met.insert(Rc::as_ptr(map).addr()) => {
                map.entries.borrow().values().for_each(|member| member.gather(met, depth - 1, found));
            }
            Self::List(_) | Self::Map(_) => {}
            scalar => found.extend(scalar.origins()),
        }
    }
}
