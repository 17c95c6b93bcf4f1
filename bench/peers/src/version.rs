//! The version of a dependency, as the lock file of this build names it.

const LOCK: &str = include_str!("../Cargo.lock");

/// Of two versions of a package the newer.
pub fn version_of(package: &str) -> &'static str {
    let start = LOCK.rfind(&format!("name = \"{package}\"\n")).expect("a dependency is in the lock file");
    LOCK[start..].split('"').nth(3).expect("its version follows its name")
}
