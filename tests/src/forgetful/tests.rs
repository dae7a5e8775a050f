use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{FileExt, OpenOptionsExt};

use super::disk::O_DSYNC;
use super::*;

/// Mounts, runs, unmounts before the folder goes. Without FUSE there is nothing to test.
fn on_a_disk(test: impl FnOnce(&Forgetful, &Path)) {
    if !Forgetful::supported() {
        eprintln!("skipped: no /dev/fuse here, or no right to mount");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let disk = Forgetful::mount(folder.path()).unwrap();
    test(&disk, folder.path());
    drop(disk);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "unmounted");
}

fn write_synced(path: &Path, bytes: &[u8]) -> File {
    let mut file = File::create(path).unwrap();
    file.write_all(bytes).unwrap();
    file.sync_all().unwrap();
    file
}

#[test]
fn keeps_what_was_synced_and_forgets_the_rest() {
    on_a_disk(|disk, at| {
        let mut file = write_synced(&at.join("a"), b"synced");
        file.write_all(b" and not").unwrap();
        file.write_all_at(b"SYNC", 0).unwrap();
        assert_eq!(fs::read(at.join("a")).unwrap(), b"SYNCed and not");
        let cuts: Vec<Cut> = (0..8).map(|seed| disk.cut(seed)).collect();
        let lost = Cut { files_forgotten: 1, files_torn: 0, bytes_forgotten: 12 };
        assert_eq!((cuts[0], cuts[1]), (lost, Cut::default()), "the second finds nothing unsynced");
        assert_eq!(fs::read(at.join("a")).unwrap(), b"synced");
        file.write_all_at(b"x", 6).unwrap();
        assert_eq!(fs::read(at.join("a")).unwrap(), b"syncedx", "the descriptor still serves");
    });
}

#[test]
fn forgets_names_after_the_last_sync_of_any_file() {
    on_a_disk(|disk, at| {
        fs::create_dir_all(at.join("d/e")).unwrap();
        write_synced(&at.join("d/e/old"), b"1");
        fs::rename(at.join("d/e/old"), at.join("d/new")).unwrap();
        fs::hard_link(at.join("d/new"), at.join("second")).unwrap();
        File::create(at.join("beside")).unwrap().write_all(b"never synced").unwrap();
        File::open(at.join("d")).unwrap().sync_all().unwrap();
        fs::remove_dir(at.join("d/e")).unwrap();
        fs::remove_file(at.join("second")).unwrap();
        fs::rename(at.join("d"), at.join("moved")).unwrap();
        fs::create_dir(at.join("d")).unwrap();
        fs::write(at.join("d/gone"), "x").unwrap();
        assert_eq!(disk.cut(0).files_forgotten, 2);
        assert_eq!(fs::read(at.join("d/new")).unwrap(), b"1");
        assert_eq!(fs::read(at.join("second")).unwrap(), b"1");
        assert_eq!(fs::read(at.join("beside")).unwrap(), b"", "its name was synced and its bytes were not");
        assert!(at.join("d/e").is_dir());
        assert!(!at.join("d/e/old").exists() && !at.join("d/gone").exists() && !at.join("moved").exists());
    });
}

#[test]
fn data_is_synced_without_its_name() {
    on_a_disk(|disk, at| {
        let mut old = write_synced(&at.join("old"), b"1");
        old.write_all(b"2").unwrap();
        old.sync_data().unwrap();
        let mut new = File::create(at.join("new")).unwrap();
        new.write_all(b"3").unwrap();
        new.sync_data().unwrap();
        disk.cut(0);
        assert_eq!(fs::read(at.join("old")).unwrap(), b"12");
        assert!(!at.join("new").exists());
    });
}

#[test]
fn replacing_by_rename_is_undone_whole() {
    on_a_disk(|disk, at| {
        write_synced(&at.join("a"), b"old");
        write_synced(&at.join("b"), b"new");
        fs::rename(at.join("b"), at.join("a")).unwrap();
        assert_eq!(fs::read(at.join("a")).unwrap(), b"new");
        disk.cut(1);
        assert_eq!(fs::read(at.join("a")).unwrap(), b"old");
        assert_eq!(fs::read(at.join("b")).unwrap(), b"new");
    });
}

#[test]
fn a_truncation_unsynced_comes_back() {
    on_a_disk(|disk, at| {
        let file = write_synced(&at.join("a"), b"0123456789");
        file.set_len(4).unwrap();
        file.write_all_at(b"xy", 6).unwrap();
        assert_eq!(fs::read(at.join("a")).unwrap(), b"0123\0\0xy");
        assert_eq!(disk.cut(0).files_forgotten, 1);
        assert_eq!(fs::read(at.join("a")).unwrap(), b"0123456789");
        File::create(at.join("a")).unwrap();
        assert_eq!(fs::read(at.join("a")).unwrap(), b"");
        assert_eq!(disk.cut(0).files_forgotten, 1);
        assert_eq!(fs::read(at.join("a")).unwrap(), b"0123456789");
    });
}

#[test]
fn a_torn_tail_is_a_prefix_of_what_was_written() {
    on_a_disk(|disk, at| {
        let mut torn = 0;
        for seed in 0..64 {
            let mut file = write_synced(&at.join("a"), b"durable");
            let whole = b"durable, 1st write, 2nd write, 3rd write";
            whole[7..].chunks(11).for_each(|part| file.write_all(part).unwrap());
            let cut = disk.cut(seed);
            let found = fs::read(at.join("a")).unwrap();
            assert!(found.starts_with(b"durable") && whole.starts_with(&found));
            assert_eq!(cut.bytes_forgotten, (whole.len() - found.len()) as u64);
            assert_eq!(cut.files_forgotten, usize::from(found.len() == 7));
            torn += usize::from((found.len() - 7) % 11 != 0);
        }
        assert!((4..32).contains(&torn), "{torn} of 64 torn inside a write");
    });
}

#[test]
fn a_synchronous_open_syncs_each_write() {
    on_a_disk(|disk, at| {
        let mut options = OpenOptions::new();
        let mut file = options.append(true).create(true).custom_flags(O_DSYNC).open(at.join("a")).unwrap();
        file.write_all(b"1").unwrap();
        file.write_all(b"2").unwrap();
        assert_eq!(disk.cut(0), Cut::default());
        assert_eq!(fs::read(at.join("a")).unwrap(), b"12");
    });
}

#[test]
fn a_big_folder_is_emptied_while_it_is_read() {
    on_a_disk(|disk, at| {
        fs::create_dir(at.join("d")).unwrap();
        (0..2_000).for_each(|number| fs::write(at.join(format!("d/{number}")), "x").unwrap());
        assert_eq!(fs::read_dir(at.join("d")).unwrap().count(), 2_000);
        fs::remove_dir_all(at.join("d")).unwrap();
        File::open(at).unwrap().sync_all().unwrap();
        disk.cut(0);
        assert_eq!(lock(&disk.disk).nodes.len(), 1, "nothing but the root is kept");
    });
}
