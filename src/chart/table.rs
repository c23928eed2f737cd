//! Values while Helm merges them: tables that are shared and changed in place, as Go's maps are. Helm's results depend on
//! which tables are the same one, so this sharing is part of the behaviour. Lives within one processing.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use crate::source::Text;
use crate::yaml::{Map, Value};

/// How deep tables may nest. Imported values can put a table into itself, on which Helm's stack overflows.
const MAX_DEPTH: usize = 1000;

/// A Go `map[string]interface{}`: clones are the same table.
#[derive(Clone, Default)]
pub(super) struct Table(Rc<RefCell<BTreeMap<Text, Node>>>);

/// What a table holds.
#[derive(Clone)]
pub(super) enum Node {
    Table(Table),
    /// Anything but a mapping. Helm never merges inside lists, so those stay as they are.
    Leaf(Value),
}

/// Tables nest deeper than [`MAX_DEPTH`].
#[derive(Debug)]
pub(super) struct TooDeep;

impl Node {
    pub(super) fn table(&self) -> Option<&Table> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Leaf(Value::Null(_)))
    }
}

impl Table {
    /// A new table with the entries of `map`.
    pub(super) fn of(map: &Map) -> Result<Self, TooDeep> {
        Self::of_map(map, 0)
    }

    fn of_map(map: &Map, depth: usize) -> Result<Self, TooDeep> {
        if depth > MAX_DEPTH {
            return Err(TooDeep);
        }
        let mut entries = BTreeMap::new();
        for (key, value) in map {
            let node = match value {
                Value::Map(map) => Node::Table(Self::of_map(map, depth + 1)?),
                other => Node::Leaf(other.clone()),
            };
            entries.insert(key.clone(), node);
        }
        Ok(Self(Rc::new(RefCell::new(entries))))
    }

    pub(super) fn get(&self, key: &str) -> Option<Node> {
        self.0.borrow().get(key).cloned()
    }

    pub(super) fn insert(&self, key: Text, node: Node) {
        let mut entries = self.0.borrow_mut();
        // A new value brings its own key, so that the key's place fits.
        entries.remove(&key);
        entries.insert(key, node);
    }

    pub(super) fn remove(&self, key: &str) {
        self.0.borrow_mut().remove(key);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// The entries as they are now; the table may change while they are gone through.
    pub(super) fn entries(&self) -> Vec<(Text, Node)> {
        self.0.borrow().iter().map(|(key, node)| (key.clone(), node.clone())).collect()
    }

    /// A new table with the same members: inner tables stay shared.
    pub(super) fn shallow_copy(&self) -> Self {
        Self(Rc::new(RefCell::new(self.0.borrow().clone())))
    }

    /// A table that shares nothing with this one.
    pub(super) fn deep_copy(&self) -> Result<Self, TooDeep> {
        self.copy_at(0)
    }

    fn copy_at(&self, depth: usize) -> Result<Self, TooDeep> {
        if depth > MAX_DEPTH {
            return Err(TooDeep);
        }
        let mut entries = BTreeMap::new();
        for (key, node) in self.0.borrow().iter() {
            let node = match node {
                Node::Table(table) => Node::Table(table.copy_at(depth + 1)?),
                leaf @ Node::Leaf(_) => leaf.clone(),
            };
            entries.insert(key.clone(), node);
        }
        Ok(Self(Rc::new(RefCell::new(entries))))
    }

    /// The table at the end of `path`, which is separated by dots: Helm's `Values.Table`.
    pub(super) fn find(&self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self.clone(), |table, key| table.get(key)?.table().cloned())
    }

    /// The value at the end of `path`, unless it is a table: Helm's `Values.PathValue`.
    pub(super) fn leaf(&self, path: &str) -> Option<Value> {
        let node = match path.rsplit_once('.') {
            Some((tables, key)) => self.find(tables)?.get(key)?,
            None => self.get(path)?,
        };
        if let Node::Leaf(value) = node { Some(value) } else { None }
    }

    /// The table as an immutable value. Tables that are shared become shared mappings.
    pub(super) fn freeze(&self) -> Result<Value, TooDeep> {
        self.freeze_at(&mut HashMap::new(), 0).map(Value::Map)
    }

    fn freeze_at(&self, known: &mut HashMap<*const (), Arc<Map>>, depth: usize) -> Result<Arc<Map>, TooDeep> {
        if depth > MAX_DEPTH {
            return Err(TooDeep);
        }
        let identity = Rc::as_ptr(&self.0).cast();
        if let Some(map) = known.get(&identity) {
            return Ok(map.clone());
        }
        let mut map = Map::new();
        for (key, node) in self.0.borrow().iter() {
            let value = match node {
                Node::Table(table) => Value::Map(table.freeze_at(known, depth + 1)?),
                Node::Leaf(value) => value.clone(),
            };
            map.insert(key.clone(), value);
        }
        let map = Arc::new(map);
        if Rc::strong_count(&self.0) > 1 {
            known.insert(identity, map.clone());
        }
        Ok(map)
    }
}
