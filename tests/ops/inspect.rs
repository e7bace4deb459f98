//! What `inspect` says of packages that not every client can install.

use crate::fixtures::sandbox::Sandbox;
use crate::fixtures::{PURE, wheel};

#[test]
fn what_only_upip_minds_does_not_fail() {
    let sandbox = Sandbox::new();
    let name = format!("foo-1.0-{PURE}.whl");
    for (path, data, status, code) in [
        (format!("foo/{}.py", "a".repeat(100)), &b""[..], 0, "MP503"),
        ("foo/native.so".to_owned(), b"\x7fELF", 1, "MP501"),
    ] {
        sandbox.write(&name, &wheel("foo", "1.0", PURE, "", &[(&path, data)]));
        let output = sandbox.command("inspect").arg(&name).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{text}");
        assert!(text.contains(code), "{text}");
    }
}
