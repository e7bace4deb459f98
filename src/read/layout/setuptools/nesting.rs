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
    let mut nesting = Nesting { indents: 0, brackets: Vec::new(), level: 0, outer: 0 };
    loop {
        let token = lexer.next_token();
        if token == TokenKind::EndOfFile {
            return true;
        }
        nesting.follow(token);
        if nesting.indents + nesting.outer + nesting.level > most {
            return false;
        }
    }
}

/// Where in the nesting a token stands.
struct Nesting {
    indents: usize,
    /// The levels that were open when each open bracket of the line came.
    brackets: Vec<usize>,
    /// The levels opened inside of the innermost bracket.
    level: usize,
    /// The sum of `brackets`.
    outer: usize,
}

impl Nesting {
    fn follow(&mut self, token: TokenKind) {
        match token {
            TokenKind::Indent => self.indents += 1,
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            TokenKind::Newline => {
                self.brackets.clear();
                self.level = 0;
                self.outer = 0;
            }
            TokenKind::Comma => self.level = 0,
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                // The level of the bracket itself outlives it: calls can be chained.
                let levels = self.level + 1;
                self.brackets.push(levels);
                self.outer += levels;
                self.level = 0;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                if let Some(levels) = self.brackets.pop() {
                    self.outer -= levels;
                    self.level = levels;
                }
            }
            TokenKind::Name
            | TokenKind::String
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => {}
            _ => self.level += 1,
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
