//! The messages of a compiler about a source that it rejects.

/// Characters of a message that are kept.
const MAX_MESSAGE_LENGTH: usize = 300;

/// Why a source does not compile, as a phrase with the line where it is known: `line 3:
/// SyntaxError: invalid syntax`. `None` where `messages` are something else than MicroPython's way to
/// report that, such as that there is no space left.
pub(super) fn of_messages(messages: &str) -> Option<String> {
    let message = messages.lines().map(str::trim_end).rfind(|line| !line.is_empty())?;
    let kind = message.split(':').next()?;
    let is_name = kind.chars().all(|character| character.is_ascii_alphanumeric());
    if !is_name || !kind.ends_with("Error") || kind == "OSError" {
        return None;
    }
    let message: String = message.chars().take(MAX_MESSAGE_LENGTH).collect();
    Some(match line(messages) {
        Some(line) => format!("line {line}: {message}"),
        None => message,
    })
}

/// The number in `File "...", line 3` or `File "...", line 3, in <module>`.
fn line(messages: &str) -> Option<u64> {
    let frame = messages.lines().rfind(|line| line.starts_with("  File \""))?;
    let (_, rest) = frame.rsplit_once("\", line ")?;
    rest.split(',').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_found_in_tracebacks_of_both_kinds() {
        let head = "Traceback (most recent call last):\n";
        let parser = format!("{head}  File \"/tmp/a.py\", line 12\nSyntaxError: invalid syntax\n");
        assert_eq!(of_messages(&parser).unwrap(), "line 12: SyntaxError: invalid syntax");
        let compiler = format!(
            "{head}  File \"a\", line 9.py\", line 3, in <module>\n\
             SyntaxError: 'return' outside function\r\n"
        );
        assert_eq!(
            of_messages(&compiler).unwrap(),
            "line 3: SyntaxError: 'return' outside function"
        );
    }

    #[test]
    fn a_message_may_come_without_a_line() {
        for message in ["MemoryError: memory allocation failed, allocating 9 bytes", "MemoryError"]
        {
            assert_eq!(of_messages(&format!("{message}\n")).unwrap(), message);
        }
        let long = of_messages(&format!("SyntaxError: {}", "x".repeat(1000))).unwrap();
        assert_eq!(long.len(), MAX_MESSAGE_LENGTH);
    }

    #[test]
    fn what_is_not_about_the_source_is_told_apart() {
        for output in ["", "\n", "OSError: 28\n", "sh: 1: mpy-cross: not found", "mpy-cross Error"]
        {
            assert_eq!(of_messages(output), None, "{output}");
        }
    }
}
