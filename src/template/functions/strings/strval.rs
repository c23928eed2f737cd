//! How Sprig's string functions turn values into strings.

pub(super) use crate::template::functions::convert::strval;
pub(super) use crate::template::functions::format::default_form as printed;
