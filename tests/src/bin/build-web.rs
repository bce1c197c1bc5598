//! Writes the web build into a folder: `build-web [node|browser] FOLDER`.

use std::path::Path;

use policy_tests::web::{Loader, generate};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (loader, folder) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["node", folder] => (Loader::Node, folder),
        ["browser", folder] => (Loader::Browser, folder),
        _ => panic!("usage: build-web node|browser FOLDER"),
    };
    generate(loader, Path::new(folder));
    println!("{folder}");
}
