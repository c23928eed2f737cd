//! A chart from a folder or a package: its metadata, values, templates and subcharts; which of them are on; what values
//! each sees. Uses `yaml` and `source`; never renders, never opens a socket, never writes.

pub mod version;
