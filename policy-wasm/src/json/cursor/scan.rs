//! The grammar of JSON, for what nobody looks into.

use super::string::end_of_string;

/// Stands behind the end of every text; JSON has it nowhere.
pub(super) const END: u8 = 0;

/// Lists and objects inside one another in a value that is passed over. A call may have far fewer.
pub(in crate::json) const MAX_DEPTH: usize = 128;

/// Passes over values without looking into them
pub(super) struct Scan<'b> {
    bytes: &'b [u8],
    pub(super) at: usize,
    /// The most brackets that were open, also where the value turned out to be none
    pub(super) deepest: usize,
}

impl<'b> Scan<'b> {
    pub(super) const fn new(text: &'b str, at: usize) -> Self {
        Self {
            bytes: text.as_bytes(),
            at,
            deepest: 0,
        }
    }

    fn byte(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(END)
    }

    /// A text never has as many bytes as would wrap around.
    const fn advance(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    /// Passes over space, and returns what stands behind it.
    pub(super) fn next_byte(&mut self) -> u8 {
        loop {
            match self.byte() {
                b' ' | b'\n' | b'\r' | b'\t' => self.advance(),
                byte => return byte,
            }
        }
    }

    /// Passes over one value; `None` where it is none.
    pub(super) fn value(&mut self) -> Option<()> {
        // One bit for each open bracket, the innermost lowest: whether it is an object's.
        let (mut open, mut level) = (0_u128, 0_usize);
        loop {
            match self.next_byte() {
                bracket @ (b'{' | b'[') => {
                    level = level.saturating_add(1);
                    self.deepest = self.deepest.max(level);
                    if level > MAX_DEPTH {
                        return None;
                    }
                    open = open << 1 | u128::from(bracket == b'{');
                    self.advance();
                    // A bracket closes with the character two behind it in ASCII.
                    if self.next_byte() != bracket.saturating_add(2) {
                        if bracket == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                b'"' => self.string()?,
                _ => self.scalar()?,
            }
            // Behind a value: the next one, or the end of what it is in.
            loop {
                if level == 0 {
                    return Some(());
                }
                let is_object = open & 1 == 1;
                match self.next_byte() {
                    b',' => {
                        self.advance();
                        if is_object {
                            self.key()?;
                        }
                        break;
                    }
                    close if close == if is_object { b'}' } else { b']' } => {
                        self.advance();
                        open >>= 1;
                        level = level.saturating_sub(1);
                    }
                    _ => return None,
                }
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        if self.next_byte() != b'"' {
            return None;
        }
        self.string()?;
        if self.next_byte() != b':' {
            return None;
        }
        self.advance();
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        (self.at, _) = end_of_string(self.bytes, self.at.saturating_add(1))?;
        Some(())
    }

    fn scalar(&mut self) -> Option<()> {
        let word: &[u8] = match self.byte() {
            b'n' => b"null",
            b't' => b"true",
            b'f' => b"false",
            _ => return self.number(),
        };
        let rest = self.bytes.get(self.at..)?;
        self.at = self.at.saturating_add(word.len());
        rest.starts_with(word).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        if self.byte() == b'-' {
            self.advance();
        }
        if self.byte() == b'0' {
            self.advance();
        } else {
            self.digits()?;
        }
        if self.byte() == b'.' {
            self.advance();
            self.digits()?;
        }
        if self.byte() | 0x20 == b'e' {
            self.advance();
            if matches!(self.byte(), b'+' | b'-') {
                self.advance();
            }
            self.digits()?;
        }
        Some(())
    }

    /// At least one.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.advance();
        }
        (self.at > start).then_some(())
    }
}
