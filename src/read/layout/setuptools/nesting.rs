//! How deep a script's syntax tree can be, told from its tokens before the tree is built: a tree
//! is dropped by recursion, so that a hostile one would overflow the stack.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Whether the syntax tree of `source` has at most `most` levels.
///
/// Each token that can open a level counts until the comma or line that ends it, so that the
/// answer errs on the side of no.
pub(super) fn is_at_most(source: &str, most: usize) -> bool {
    let mut lexer = lexer::lex(source, Mode::Module);
    let mut indents: usize = 0;
    // Levels opened in each bracket that is open in this line.
    let mut brackets: Vec<usize> = vec![0];
    let mut depth: usize = 0;
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return true,
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Newline => {
                brackets = vec![0];
                depth = 0;
            }
            TokenKind::Comma => {
                if let Some(level) = brackets.last_mut() {
                    depth -= std::mem::take(level);
                }
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                if let Some(level) = brackets.last_mut() {
                    *level += 1;
                }
                depth += 1;
                brackets.push(0);
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                // The level of the bracket itself stays: calls can be chained.
                if brackets.len() > 1 {
                    depth -= brackets.pop().unwrap_or_default();
                }
            }
            TokenKind::Name
            | TokenKind::String
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => {}
            _ => {
                if let Some(level) = brackets.last_mut() {
                    *level += 1;
                }
                depth += 1;
            }
        }
        if indents + depth > most {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_is_not_deep() {
        let list = format!("x = [{}]\n", "'a', f(b=1)\n, ".repeat(2_000));
        assert!(is_at_most(&list, 20));
        let lines = "if a:\n    b = {'c': [1, 2]}\nelif d: e()\n".repeat(2_000);
        assert!(is_at_most(&lines, 20));
        let text = format!("x = ({})\n", "'a' # (((\n".repeat(2_000));
        assert!(is_at_most(&text, 20));
    }

    #[test]
    fn every_way_down_is_seen() {
        for part in ["(", "[", "{1:", "-", "not ", "lambda: ", "a.b.", "a()", "1+", "a if b else "]
        {
            assert!(!is_at_most(&part.repeat(500), 400), "{part}");
            assert!(!is_at_most(&format!("x = f({})", part.repeat(500)), 400), "{part}");
        }
        let blocks: Vec<String> =
            (0..500).map(|depth| format!("{}if 1:\n", " ".repeat(depth))).collect();
        assert!(!is_at_most(&blocks.concat(), 400));
    }
}
