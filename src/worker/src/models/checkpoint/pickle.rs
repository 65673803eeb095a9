//! Pickles as data: the opcodes that PyTorch writes, containers and tensors; nothing is imported and nothing called.
//!
//! Containers lie in one list and are meant by their place in it, so that no nesting and no circle in a file can hurt.

use std::rc::Rc;

use super::CheckpointError;

/// Opcodes in one pickle at most; the largest official checkpoint needs under a hundred thousand.
const MOST_STEPS: usize = 20_000_000;
/// Longest text and longest whole number.
const LONGEST_TEXT: usize = 1 << 20;
/// Arguments of a call that are looked at.
const MOST_ARGUMENTS: usize = 8;
/// Dimensions of a tensor; PyTorch itself stops there.
const MOST_DIMENSIONS: usize = 64;

/// A value of a pickle.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// None, a truth value, a float, bytes: nothing that leads to a tensor.
    Plain,
    Whole(i64),
    /// Shared, because a file may mean the same long text as often as it likes.
    Text(Rc<str>),
    /// A name that would be imported: module and name.
    Global(Rc<str>),
    /// Place in [`Pickle::lists`]: a list or a tuple.
    List(usize),
    /// Place in [`Pickle::dicts`].
    Dict(usize),
    /// Place in [`Pickle::storages`].
    Storage(usize),
    /// Place in [`Pickle::tensors`].
    Tensor(usize),
}

/// Numbers of a tensor, kept elsewhere in the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Storage {
    /// `FloatStorage`, `LongStorage`, ….
    pub kind: String,
    /// Names them in the file.
    pub key: String,
}

/// A view of a storage.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    pub storage: usize,
    /// In elements, as the sizes and strides are.
    pub offset: i64,
    pub size: Vec<i64>,
    pub stride: Vec<i64>,
}

/// What a pickle holds.
#[derive(Debug, Default)]
pub(super) struct Pickle {
    pub lists: Vec<Vec<Value>>,
    pub dicts: Vec<Vec<(Value, Value)>>,
    pub storages: Vec<Storage>,
    pub tensors: Vec<View>,
}

/// Reads one pickle, which begins at `at`; gives its value and moves `at` past its end.
pub(super) fn read(bytes: &[u8], at: &mut usize, into: &mut Pickle) -> Result<Value, CheckpointError> {
    let known = into.storages.iter().enumerate().map(|(i, s)| ((s.kind.clone(), s.key.clone()), i)).collect();
    let memo = std::collections::HashMap::new();
    Machine { bytes, at, held: into, stack: Vec::new(), marks: Vec::new(), memo, known }.run()
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: &'a mut usize,
    held: &'a mut Pickle,
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: std::collections::HashMap<u32, Value>,
    /// Storages by kind and key.
    known: std::collections::HashMap<(String, String), usize>,
}

fn cut_short() -> CheckpointError {
    CheckpointError::broken("it is cut short")
}

fn odd(what: &str) -> CheckpointError {
    CheckpointError::broken(format!("its pickle {what}"))
}

impl Machine<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8], CheckpointError> {
        let end = self.at.checked_add(count).ok_or_else(cut_short)?;
        let piece = self.bytes.get(*self.at..end).ok_or_else(cut_short)?;
        *self.at = end;
        Ok(piece)
    }
    fn byte(&mut self) -> Result<u8, CheckpointError> {
        Ok(self.take(1)?[0])
    }
    fn number(&mut self, count: usize) -> Result<u64, CheckpointError> {
        Ok(self.take(count)?.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }
    fn text(&mut self, count: u64) -> Result<String, CheckpointError> {
        let count = usize::try_from(count)
            .ok()
            .filter(|count| *count <= LONGEST_TEXT)
            .ok_or_else(|| odd("has a text without end"))?;
        Ok(String::from_utf8_lossy(self.take(count)?).into_owned())
    }
    fn line(&mut self) -> Result<String, CheckpointError> {
        let rest = self.bytes.get(*self.at..).unwrap_or_default();
        let end = rest.iter().take(LONGEST_TEXT).position(|byte| *byte == b'\n').ok_or_else(cut_short)?;
        let line = self.text(end as u64)?;
        self.byte()?;
        Ok(line)
    }
    fn pop(&mut self) -> Result<Value, CheckpointError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err(odd("takes what is not there"));
        }
        self.stack.pop().ok_or_else(cut_short)
    }
    /// What was put on the stack since the last mark.
    fn since_mark(&mut self) -> Result<Vec<Value>, CheckpointError> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len()).ok_or_else(|| odd("has no mark"))?;
        Ok(self.stack.split_off(mark))
    }
    fn list(&mut self, items: Vec<Value>) -> Value {
        self.held.lists.push(items);
        Value::List(self.held.lists.len() - 1)
    }
    fn dict(&mut self) -> Value {
        self.held.dicts.push(Vec::new());
        Value::Dict(self.held.dicts.len() - 1)
    }
    fn tuple(&mut self, count: usize) -> Result<(), CheckpointError> {
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(self.pop()?);
        }
        items.reverse();
        let tuple = self.list(items);
        self.stack.push(tuple);
        Ok(())
    }
    fn remember(&mut self, place: u32) -> Result<(), CheckpointError> {
        let value = self.stack.last().cloned().ok_or_else(|| odd("remembers nothing"))?;
        self.memo.insert(place, value);
        Ok(())
    }
    fn recall(&mut self, place: u32) -> Result<(), CheckpointError> {
        let value = self.memo.get(&place).cloned().ok_or_else(|| odd("recalls what it never had"))?;
        self.stack.push(value);
        Ok(())
    }

    fn run(mut self) -> Result<Value, CheckpointError> {
        for _ in 0..MOST_STEPS {
            match self.byte()? {
                b'.' => return self.pop(),
                0x80 => drop(self.byte()?),
                0x95 => drop(self.number(8)?),
                b'(' => self.marks.push(self.stack.len()),
                b'0' => drop(self.pop()?),
                b'N' | 0x88 | 0x89 => self.stack.push(Value::Plain),
                b'G' => {
                    self.take(8)?;
                    self.stack.push(Value::Plain);
                }
                b'J' => {
                    let number = self.number(4)? as u32 as i32;
                    self.stack.push(Value::Whole(number.into()));
                }
                b'K' => {
                    let number = self.number(1)? as i64;
                    self.stack.push(Value::Whole(number));
                }
                b'M' => {
                    let number = self.number(2)? as i64;
                    self.stack.push(Value::Whole(number));
                }
                0x8a => {
                    let count = self.byte()?;
                    let bytes = self.take(count.into())?;
                    let negative = bytes.last().is_some_and(|byte| *byte >= 0x80);
                    let start: i64 = if negative { -1 } else { 0 };
                    let number = bytes.iter().rev().fold(start, |sum, byte| sum.wrapping_shl(8) | i64::from(*byte));
                    // A longer one is the magic number of older files.
                    self.stack.push(if count <= 8 { Value::Whole(number) } else { Value::Plain });
                }
                b'X' | b'T' | b'B' => {
                    let count = self.number(4)?;
                    let text = self.text(count)?;
                    self.stack.push(Value::Text(text.into()));
                }
                0x8c | b'U' | b'C' => {
                    let count = self.number(1)?;
                    let text = self.text(count)?;
                    self.stack.push(Value::Text(text.into()));
                }
                b'}' => {
                    let dict = self.dict();
                    self.stack.push(dict);
                }
                b']' | b')' | 0x8f => {
                    let list = self.list(Vec::new());
                    self.stack.push(list);
                }
                b't' => {
                    let items = self.since_mark()?;
                    let tuple = self.list(items);
                    self.stack.push(tuple);
                }
                0x85 => self.tuple(1)?,
                0x86 => self.tuple(2)?,
                0x87 => self.tuple(3)?,
                b'q' => {
                    let place = self.number(1)? as u32;
                    self.remember(place)?;
                }
                b'r' => {
                    let place = self.number(4)? as u32;
                    self.remember(place)?;
                }
                0x94 => {
                    let place = u32::try_from(self.memo.len()).unwrap_or(u32::MAX);
                    self.remember(place)?;
                }
                b'h' => {
                    let place = self.number(1)? as u32;
                    self.recall(place)?;
                }
                b'j' => {
                    let place = self.number(4)? as u32;
                    self.recall(place)?;
                }
                b'a' => {
                    let item = self.pop()?;
                    self.append(vec![item])?;
                }
                b'e' => {
                    let items = self.since_mark()?;
                    self.append(items)?;
                }
                b's' => {
                    let (value, key) = (self.pop()?, self.pop()?);
                    self.set(vec![key, value])?;
                }
                b'u' => {
                    let items = self.since_mark()?;
                    self.set(items)?;
                }
                b'c' => {
                    let (module, name) = (self.line()?, self.line()?);
                    self.global(&module, &name)?;
                }
                0x93 => {
                    let (Value::Text(name), Value::Text(module)) = (self.pop()?, self.pop()?) else {
                        return Err(odd("imports what is no name"));
                    };
                    self.global(&module, &name)?;
                }
                b'Q' => self.persistent()?,
                b'R' | 0x81 => self.reduce()?,
                // The attributes of a container (`_metadata` of a state_dict): not ours.
                b'b' => drop(self.pop()?),
                other => return Err(odd(&format!("has an instruction that no checkpoint needs ({other:#04x})"))),
            }
        }
        Err(odd("does not end"))
    }

    fn append(&mut self, mut items: Vec<Value>) -> Result<(), CheckpointError> {
        match self.stack.last() {
            Some(Value::List(list)) => self.held.lists[*list].append(&mut items),
            _ => return Err(odd("adds to what is no list")),
        }
        Ok(())
    }
    fn set(&mut self, items: Vec<Value>) -> Result<(), CheckpointError> {
        let Some(Value::Dict(dict)) = self.stack.last() else { return Err(odd("fills what is no dictionary")) };
        let dict = &mut self.held.dicts[*dict];
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            dict.push((key, value));
        }
        Ok(())
    }

    /// A name: one of the few that make tensors and containers, or the end.
    fn global(&mut self, module: &str, name: &str) -> Result<(), CheckpointError> {
        let known = match module {
            "collections" => name == "OrderedDict",
            "torch._utils" => matches!(name, "_rebuild_tensor_v2" | "_rebuild_parameter"),
            "torch" => name == "Size" || name.ends_with("Storage") || name == "device",
            "torch.storage" => name == "UntypedStorage",
            _ => false,
        };
        let full = format!("{module}.{name}");
        if !known {
            return Err(CheckpointError::Calls { name: full });
        }
        self.stack.push(Value::Global(full.into()));
        Ok(())
    }

    /// `('storage', kind, key, where it was, how many)`.
    fn persistent(&mut self) -> Result<(), CheckpointError> {
        let Value::List(list) = self.pop()? else { return Err(odd("refers to what is no storage")) };
        let storage = match &self.held.lists[list][..] {
            [Value::Text(what), Value::Global(kind), Value::Text(key), ..] if &**what == "storage" => {
                Storage { kind: kind.rsplit('.').next().unwrap_or_default().to_owned(), key: key.to_string() }
            }
            _ => return Err(odd("refers to what is no storage")),
        };
        let next = self.held.storages.len();
        let place = *self.known.entry((storage.kind.clone(), storage.key.clone())).or_insert(next);
        if place == next {
            self.held.storages.push(storage);
        }
        self.stack.push(Value::Storage(place));
        Ok(())
    }

    fn reduce(&mut self) -> Result<(), CheckpointError> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let (Value::List(arguments), Value::Global(name)) = (arguments, function) else {
            return Err(odd("calls what is no function"));
        };
        // As many as the longest call that makes a tensor: a long list is not copied again and again.
        let arguments: Vec<Value> = self.held.lists[arguments].iter().take(MOST_ARGUMENTS).cloned().collect();
        let made = match (&*name, &arguments[..]) {
            ("collections.OrderedDict", _) => self.dict(),
            ("torch.Size", [Value::List(size), ..]) => Value::List(*size),
            ("torch.device", _) => Value::Plain,
            ("torch._utils._rebuild_parameter", [tensor @ Value::Tensor(_), ..]) => tensor.clone(),
            (
                "torch._utils._rebuild_tensor_v2",
                [Value::Storage(storage), Value::Whole(offset), Value::List(size), Value::List(stride), ..],
            ) => {
                let whole = |list: usize| -> Option<Vec<i64>> {
                    let list = &self.held.lists[list];
                    (list.len() <= MOST_DIMENSIONS)
                        .then_some(list)?
                        .iter()
                        .map(|value| if let Value::Whole(number) = value { Some(*number) } else { None })
                        .collect()
                };
                let (Some(size), Some(stride)) = (whole(*size), whole(*stride)) else {
                    return Err(odd("has a tensor without a shape"));
                };
                self.held.tensors.push(View { storage: *storage, offset: *offset, size, stride });
                Value::Tensor(self.held.tensors.len() - 1)
            }
            _ => return Err(CheckpointError::Calls { name: name.to_string() }),
        };
        self.stack.push(made);
        Ok(())
    }
}
