//! The `mirrorlint` binary: everything it does stands in the library.

fn main() -> std::process::ExitCode {
    mirrorlint::cli::main()
}
