//! The functions of preview 1 by name, all of them: what a guest imports must be there, or it does not load.
//!
//! Numbers and layouts are those of
//! <https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md>

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use wasmtime::{FuncType, Linker, Val, ValType};

use super::Exit;
use super::failure::{Errno, Failure, returned};
use super::place::put;
use crate::engine::Guest;
use crate::engine::memory::{Guestly, memory, slice_mut};

const PREVIEW_1: &str = "wasi_snapshot_preview1";

/// Adds all but `poll_oneoff`, which has a file of its own.
pub(in crate::engine) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    add_process(linker)?;
    add_machine(linker)?;
    add_pipes(linker)?;
    add_unsupported(linker)
}

/// Arguments, variables and the end.
fn add_process(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            PREVIEW_1,
            "args_sizes_get",
            |caller: Guestly<'_>, count: u32, bytes: u32| {
                call(caller, |memory, guest| {
                    guest.wasi.argument_sizes(memory, count, bytes)
                })
            },
        )?
        .func_wrap(
            PREVIEW_1,
            "args_get",
            |caller: Guestly<'_>, list: u32, text: u32| {
                call(caller, |memory, guest| {
                    guest.wasi.arguments(memory, list, text)
                })
            },
        )?
        .func_wrap(
            PREVIEW_1,
            "environ_sizes_get",
            |caller: Guestly<'_>, count: u32, bytes: u32| {
                call(caller, |memory, _| {
                    put(memory, count, 0_u32.to_le_bytes())?;
                    Ok(put(memory, bytes, 0_u32.to_le_bytes())?)
                })
            },
        )?
        .func_wrap(
            PREVIEW_1,
            "environ_get",
            |caller: Guestly<'_>, _: u32, _: u32| call(caller, |_, _| Ok(())),
        )?
        .func_wrap(PREVIEW_1, "proc_exit", |status: u32| {
            wasmtime::Result::<()>::Err(Exit::with(status))
        })?
        .func_wrap(PREVIEW_1, "sched_yield", |caller: Guestly<'_>| {
            call(caller, |_, _| Ok(()))
        })?;
    Ok(())
}

/// Clocks and randomness.
fn add_machine(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            PREVIEW_1,
            "clock_res_get",
            |caller: Guestly<'_>, clock: u32, at: u32| {
                call(caller, |memory, guest| {
                    time(clock, guest.host.started())?;
                    Ok(put(memory, at, 1_u64.to_le_bytes())?)
                })
            },
        )?
        .func_wrap(
            PREVIEW_1,
            "clock_time_get",
            |caller: Guestly<'_>, clock: u32, _precision: u64, at: u32| {
                call(caller, |memory, guest| {
                    let now = time(clock, guest.host.started())?;
                    Ok(put(memory, at, now.to_le_bytes())?)
                })
            },
        )?
        .func_wrap(
            PREVIEW_1,
            "random_get",
            |caller: Guestly<'_>, at: u32, length: u32| {
                call(caller, |memory, _| random(memory, at, length))
            },
        )?;
    Ok(())
}

/// Operations on descriptors.
fn add_pipes(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            PREVIEW_1,
            "fd_read",
            |caller: Guestly<'_>, fd: u32, buffers: u32, count: u32, read: u32| {
                call(caller, |memory, guest| {
                    guest.wasi.read(memory, fd, (buffers, count), read)
                })
            },
        )?
        .func_wrap(
            PREVIEW_1,
            "fd_write",
            |caller: Guestly<'_>, fd: u32, buffers: u32, count: u32, written: u32| {
                call(caller, |memory, guest| {
                    guest.wasi.write(memory, fd, (buffers, count), written)
                })
            },
        )?
        .func_wrap(PREVIEW_1, "fd_close", |caller: Guestly<'_>, fd: u32| {
            call(caller, |_, guest| guest.wasi.close(fd))
        })?
        .func_wrap(
            PREVIEW_1,
            "fd_fdstat_get",
            |caller: Guestly<'_>, fd: u32, at: u32| {
                call(caller, |memory, guest| guest.wasi.describe(memory, fd, at))
            },
        )?
        // No folder is open. Guests ask for one descriptor after the other, until there is none.
        .func_wrap(
            PREVIEW_1,
            "fd_prestat_get",
            |caller: Guestly<'_>, _: u32, _: u32| call(caller, |_, _| Err(Errno::BADF.into())),
        )?
        .func_wrap(
            PREVIEW_1,
            "fd_seek",
            |caller: Guestly<'_>, fd: u32, _: i64, _: u32, _: u32| {
                call(caller, |_, guest| guest.wasi.position(fd))
            },
        )?
        .func_wrap(
            PREVIEW_1,
            "fd_tell",
            |caller: Guestly<'_>, fd: u32, _: u32| call(caller, |_, guest| guest.wasi.position(fd)),
        )?;
    Ok(())
}

/// Files, sockets and signals: there are none. `w` is a parameter of 32 bits, `d` one of 64.
pub(super) const UNSUPPORTED: &[(&str, &str)] = &[
    ("fd_advise", "wddw"),
    ("fd_allocate", "wdd"),
    ("fd_datasync", "w"),
    ("fd_fdstat_set_flags", "ww"),
    ("fd_fdstat_set_rights", "wdd"),
    ("fd_filestat_get", "ww"),
    ("fd_filestat_set_size", "wd"),
    ("fd_filestat_set_times", "wddw"),
    ("fd_pread", "wwwdw"),
    ("fd_prestat_dir_name", "www"),
    ("fd_pwrite", "wwwdw"),
    ("fd_readdir", "wwwdw"),
    ("fd_renumber", "ww"),
    ("fd_sync", "w"),
    ("path_create_directory", "www"),
    ("path_filestat_get", "wwwww"),
    ("path_filestat_set_times", "wwwwddw"),
    ("path_link", "wwwwwww"),
    ("path_open", "wwwwwddww"),
    ("path_readlink", "wwwwww"),
    ("path_remove_directory", "www"),
    ("path_rename", "wwwwww"),
    ("path_symlink", "wwwww"),
    ("path_unlink_file", "www"),
    ("proc_raise", "w"),
    ("sock_accept", "www"),
    ("sock_recv", "wwwwww"),
    ("sock_send", "wwwww"),
    ("sock_shutdown", "ww"),
];

fn add_unsupported(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let engine = linker.engine().clone();
    for (name, parameters) in UNSUPPORTED {
        let parameters = parameters.chars().map(|size| match size {
            'd' => ValType::I64,
            _ => ValType::I32,
        });
        let function = FuncType::new(&engine, parameters, [ValType::I32]);
        linker.func_new(PREVIEW_1, name, function, |_, _, results| {
            let errno = i32::try_from(Errno::NOSYS.number())?;
            results.fill(Val::I32(errno));
            Ok(())
        })?;
    }
    Ok(())
}

/// Calls a function with the guest's memory, without which no function can answer.
fn call(
    mut caller: Guestly<'_>,
    function: impl FnOnce(&mut [u8], &mut Guest) -> Result<(), Failure>,
) -> wasmtime::Result<u32> {
    let memory = memory(&mut caller)?;
    let (bytes, guest) = memory.data_and_store_mut(&mut caller);
    returned(function(bytes, guest))
}

const REALTIME: u32 = 0;
const MONOTONIC: u32 = 1;

/// Nanoseconds that a clock shows. There is none of the time that a processor has worked.
fn time(clock: u32, started: Instant) -> Result<u64, Errno> {
    let time = match clock {
        REALTIME => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|_| Errno::OVERFLOW)?,
        MONOTONIC => started.elapsed(),
        _ => return Err(Errno::INVAL),
    };
    u64::try_from(time.as_nanos()).map_err(|_| Errno::OVERFLOW)
}

/// Seeds are shorter by far, and more would take the host's time. Browsers have the same bound.
const MAX_RANDOM: usize = 64 << 10;

fn random(memory: &mut [u8], at: u32, length: u32) -> Result<(), Failure> {
    let length = usize::try_from(length).map_err(|_| Errno::INVAL)?;
    let place = slice_mut(memory, at, length)?;
    if length > MAX_RANDOM {
        return Err(Errno::INVAL.into());
    }
    getrandom::fill(place).map_err(|_| Errno::IO)?;
    Ok(())
}
