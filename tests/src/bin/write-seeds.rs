//! Writes the inputs that fuzzing begins with: `write-seeds FOLDER` fills `FOLDER/<target>/`.

use std::fs;
use std::path::PathBuf;

use policy_fuzz::TARGETS;
use policy_tests::seeds::seeds;

fn main() {
    let [folder] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .expect("usage: write-seeds FOLDER");
    for (target, _) in TARGETS {
        let folder = PathBuf::from(&folder).join(target);
        fs::create_dir_all(&folder).expect("the folder can be made");
        let seeds = seeds(target);
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(number.to_string()), seed).expect("the file can be written");
        }
        println!("{}: {} inputs", folder.display(), seeds.len());
    }
}
