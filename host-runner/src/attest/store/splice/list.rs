//! Lists whose items stand in lines of their own, each behind a dash.

use policy_lint::source::Node;
use serde_json::Value;

use super::{Edit, Splice};
use crate::yaml;

const NOT_IN_LINES: &str = "the list is not written item by item, each behind a dash";

impl Splice<'_> {
    /// Puts an item behind the last one of a list.
    ///
    /// # Errors
    ///
    /// The list is empty, or written in brackets.
    pub(in super::super) fn push(&self, list: &Node, item: &Value) -> Result<Vec<Edit>, String> {
        let (Some(first), Some(last)) = (list.items().first(), list.items().last()) else {
            return Err("the list is empty".into());
        };
        let dash = self.dash(first).ok_or(NOT_IN_LINES)?;
        let at = self.line_end(self.end(last));
        let lines = yaml::document(&Value::Array(vec![item.clone()]));
        Ok(vec![Edit::insert(
            at,
            self.block(&lines, self.column(dash)),
        )])
    }

    /// Puts an item in the place of another one.
    ///
    /// # Errors
    ///
    /// The list is written between brackets.
    pub(in super::super) fn put(&self, old: &Node, item: &Value) -> Result<Vec<Edit>, String> {
        self.dash(old).ok_or(NOT_IN_LINES)?;
        let start = old.span.start;
        let lines = self.block(&yaml::document(item), self.column(start));
        Ok(vec![Edit {
            range: start..self.end(old),
            text: lines.trim_start().to_owned(),
        }])
    }

    /// The dash of a list's item; none where the list is written between brackets.
    fn dash(&self, item: &Node) -> Option<usize> {
        let before = self.text(0..item.span.start);
        let before = before.trim_end_matches([' ', '\n', '\r']);
        before.strip_suffix('-').map(str::len)
    }
}
