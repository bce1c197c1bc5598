//! Writes the web build, or the module of the playground, into a folder: `build-web node|browser|playground FOLDER`.

use std::path::Path;

use policy_tests::web::{Loader, generate, generate_playground};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let folder = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["node", folder] => {
            generate(Loader::Node, Path::new(folder));
            folder
        }
        ["browser", folder] => {
            generate(Loader::Browser, Path::new(folder));
            folder
        }
        ["playground", folder] => {
            generate_playground(Path::new(folder));
            folder
        }
        _ => panic!("usage: build-web node|browser|playground FOLDER"),
    };
    println!("{folder}");
}
