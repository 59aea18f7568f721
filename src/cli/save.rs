//! Output files: written whole or not at all. Takes a path and what writes; gives the file, or why not.
//! Half-written files stand beside their target and are cleared away when the program is interrupted.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::CliError;

/// Files begun and not finished.
static BEGUN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn begun() -> MutexGuard<'static, Vec<PathBuf>> {
    BEGUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what was begun and not finished. For an interrupted program: whoever holds the answer keeps
/// others from beginning or finishing a file, until it ends.
pub(super) fn clear() -> impl Drop {
    let begun = begun();
    for path in begun.iter() {
        let _ = std::fs::remove_file(path);
    }
    begun
}

/// Writes beside the file first and then renames, so a reader never sees half of it: there is the old file
/// or the new one. A link stays a link; what it leads to is replaced. Not for devices and pipes: these are written to.
pub(super) fn save(
    path: &Path,
    write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CliError> {
    let refused = |error| CliError::Save { path: path.to_owned(), error };
    if path.is_dir() {
        return Err(refused(io::ErrorKind::IsADirectory.into()));
    }
    let known = std::fs::metadata(path);
    if known.as_ref().is_ok_and(|known| !known.is_file()) {
        let file = OpenOptions::new().write(true).open(path).map_err(refused)?;
        let mut file = io::BufWriter::new(file);
        return write(&mut file).and_then(|()| file.flush()).map_err(refused);
    }
    // 符号链接：换掉它指着的文件，而不是链接本身。
    let target =
        if path.is_symlink() { std::fs::canonicalize(path).map_err(refused)? } else { path.to_owned() };
    if known.as_ref().is_ok_and(|known| known.permissions().readonly()) {
        return Err(refused(io::ErrorKind::PermissionDenied.into()));
    }
    let (part, file) = begin(&target).map_err(refused)?;
    let written = fill(file, write).and_then(|()| {
        if let Ok(known) = &known {
            std::fs::set_permissions(&part, known.permissions())?;
        }
        Ok(())
    });
    let mut list = begun();
    let done = written.and_then(|()| std::fs::rename(&part, &target));
    if done.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    list.retain(|one| *one != part);
    done.map_err(refused)
}

/// A new file beside the target that nobody else is writing.
fn begin(target: &Path) -> io::Result<(PathBuf, File)> {
    let mut list = begun();
    for number in 0.. {
        let mut name: OsString = target.file_name().unwrap_or_default().to_owned();
        name.push(match number {
            0 => ".part".to_owned(),
            more => format!(".{}-{more}.part", std::process::id()),
        });
        let part = target.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&part) {
            Ok(file) => {
                list.push(part.clone());
                return Ok((part, file));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Everything is on the disk before the file takes its name.
fn fill(file: File, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut file = io::BufWriter::new(file);
    write(&mut file)?;
    file.flush()?;
    file.get_ref().sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("zhunsheng-save-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_failed_writer_leaves_the_old_file_and_nothing_else() {
        let folder = folder("failed");
        let path = folder.join("结果.json");
        save(&path, &mut |file| file.write_all("旧".as_bytes())).unwrap();
        let failed = save(&path, &mut |file| {
            file.write_all("半".as_bytes())?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "旧");
        assert_eq!(names(&folder), ["结果.json"]);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn somebody_elses_half_file_is_left_alone() {
        let folder = folder("other");
        let path = folder.join("结果.json");
        std::fs::write(folder.join("结果.json.part"), "别人的").unwrap();
        save(&path, &mut |file| file.write_all("新".as_bytes())).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "新");
        assert_eq!(names(&folder), ["结果.json", "结果.json.part"]);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_is_refused() {
        let folder = folder("folder");
        assert!(save(&folder, &mut |_| Ok(())).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = folder("link");
        let (file, link) = (folder.join("真.json"), folder.join("链.json"));
        std::fs::write(&file, "旧").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        save(&link, &mut |out| out.write_all("新".as_bytes())).unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "新");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
