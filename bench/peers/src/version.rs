//! The version of a dependency, from the lock file of this build.

const LOCK: &str = include_str!("../Cargo.lock");

/// The newer of two versions of a package.
pub fn version_of(package: &str) -> &'static str {
    let start = LOCK.rfind(&format!("name = \"{package}\"\n")).expect("a dependency is in the lock file");
    LOCK[start..].split('"').nth(3).expect("its version follows its name")
}
