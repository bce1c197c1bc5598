//! `countersign describe`: shows what a policy demands of the Pods of each namespace.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use policy_lint::SourceFile;

use crate::Exit;
use crate::args::ModuleArgs;
use crate::emit::describe::{Described, Format};
use crate::emit::{self, no_result, output};
use crate::foreign;
use crate::inputs;
use crate::judge::{check_settings, engine};
use crate::no_result::NoResult;

/// Arguments of `countersign describe`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign describe policy.yaml
  countersign describe policy.yaml --format html=policy.html
  countersign describe policy.yaml --format markdown >> README.md
  kubectl get clusteradmissionpolicy images -o yaml | countersign describe -

Each namespace, service account, mesh identity and cluster that the settings
name has a row, and all other Pods have one. Each policy document has a column;
an image must satisfy every column.

Exit status: 0 if the policy is shown, 2 on an error")]
pub struct Args {
    /// Settings, or a manifest of a policy with settings (`-` for standard input)
    #[arg(value_name = "SETTINGS")]
    settings: PathBuf,
    /// Output format and file to write it to; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parser::<Format>())]
    format: Vec<output::Output<Format>>,
    #[command(flatten)]
    module: ModuleArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let inputs = [args.settings.as_path()].into_iter();
    output::check(&args.format, inputs.chain(args.module.file()))?;
    let described = match described(args) {
        Ok(described) => described,
        Err(no_result) => {
            let title = "countersign describe";
            return no_result::write(&args.format, title, no_result, emit::describe::shape);
        }
    };
    output::write(&args.format, |format, out| {
        emit::describe::write(format, out, &described)
    })?;
    Ok(Exit::Yes)
}

fn described(args: &Args) -> Result<Described, NoResult> {
    let source = inputs::read(&args.settings)?;
    let settings = foreign::settings_in(&source)?;
    let policy = engine()?.load(&args.module.bytes()?)?;
    if let Some(problems) = check_settings(&policy, &settings)? {
        return Err(NoResult::Settings(vec![(args.settings.clone(), problems)]));
    }
    let file = SourceFile::new(source.name, source.text);
    let Some(matrix) = policy_lint::describe(&file) else {
        return Err(anyhow!("`{}` has no policy document", file.name()).into());
    };
    Ok(Described { file, matrix })
}
