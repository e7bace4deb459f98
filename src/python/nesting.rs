//! How deep a script's syntax tree can be, computed from its tokens before the tree is built: a tree
//! is dropped by recursion, so that a hostile one would overflow the stack.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Whether the syntax tree of `source` has at most `most` levels.
///
/// Each token that can open a level counts until the comma or line that ends it, so that the
/// answer errs on the side of no.
pub(super) fn is_at_most(source: &str, most: usize) -> bool {
    let mut lexer = lexer::lex(source, Mode::Module);
    let mut nesting = Nesting::default();
    loop {
        let token = lexer.next_token();
        if token == TokenKind::EndOfFile {
            return true;
        }
        nesting.follow(token);
        if nesting.indents + nesting.outer + nesting.inner.levels > most {
            return false;
        }
    }
}

/// Where in the nesting a token stands.
#[derive(Default)]
struct Nesting {
    indents: usize,
    /// What was open when each open bracket of the line came.
    brackets: Vec<Open>,
    /// What was opened inside of the innermost bracket.
    inner: Open,
    /// The sum of the levels of `brackets`.
    outer: usize,
}

/// The constructs that are open between two brackets.
#[derive(Clone, Copy, Default)]
struct Open {
    levels: usize,
    /// How many lambdas wait for their colon: a comma is between their parameters.
    lambdas: usize,
    /// Whether there was a `yield`: what comes after a comma is part of its value.
    yields: bool,
}

impl Nesting {
    fn follow(&mut self, token: TokenKind) {
        let inner = &mut self.inner;
        match token {
            TokenKind::Indent => self.indents += 1,
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            TokenKind::Newline => {
                self.brackets.clear();
                self.inner = Open::default();
                self.outer = 0;
            }
            TokenKind::Comma if inner.lambdas == 0 && !inner.yields => inner.levels = 0,
            TokenKind::Lambda => {
                inner.levels += 1;
                inner.lambdas += 1;
            }
            TokenKind::Colon => {
                inner.levels += 1;
                inner.lambdas = inner.lambdas.saturating_sub(1);
            }
            TokenKind::Yield => {
                inner.levels += 1;
                inner.yields = true;
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                // The level of the bracket itself outlives it: calls can be chained.
                inner.levels += 1;
                self.outer += inner.levels;
                self.brackets.push(std::mem::take(inner));
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                if let Some(open) = self.brackets.pop() {
                    self.outer -= open.levels;
                    self.inner = open;
                }
            }
            TokenKind::Name
            | TokenKind::String
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Comma
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => {}
            _ => inner.levels += 1,
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
        let lambdas = format!("x = [{}]\n", "lambda a, b=(1, 2): a, ".repeat(2_000));
        assert!(is_at_most(&lambdas, 20));
        let lines = "if a:\n    b = {'c': [1, 2]}\nelif d: e()\n".repeat(2_000);
        assert!(is_at_most(&lines, 20));
        let text = format!("x = ({})\n", "'a' # (((\n".repeat(2_000));
        assert!(is_at_most(&text, 20));
    }

    #[test]
    fn every_way_down_is_seen() {
        for part in [
            "(",
            "[",
            "{1:",
            "-",
            "not ",
            "lambda: ",
            "lambda a,: ",
            "lambda a=lambda b: 0, c: ",
            "yield a, ",
            "a.b.",
            "a()",
            "1+",
            "a if b else ",
        ] {
            assert!(!is_at_most(&part.repeat(500), 400), "{part}");
            assert!(!is_at_most(&format!("x = f({})", part.repeat(500)), 400), "{part}");
        }
        let blocks: Vec<String> =
            (0..500).map(|depth| format!("{}if 1:\n", " ".repeat(depth))).collect();
        assert!(!is_at_most(&blocks.concat(), 400));
    }
}
