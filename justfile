# Lists the recipes.
[private]
default:
    @just --list

# Builds the program, with both modules inside.
[group('build')]
build:
    cargo build --locked -p countersign

# Writes the modules to dist/: waPC, waPC without OpenPGP (needs `wasm-opt`), the WASI command, and both wide ones.
[group('build')]
modules:
    cargo run --locked -p policy-tests --bin build-modules -- dist

# Writes the web build, for browsers and for Node, to dist/.
[group('build')]
web:
    cargo run --locked -p policy-tests --bin build-web -- browser dist/countersign-web
    cargo run --locked -p policy-tests --bin build-web -- node dist/countersign-node

# Writes the playground to dist/: a folder for any static host, and one file (needs npm).
[group('build')]
playground:
    # The features of the tests, so that the engine is not built twice.
    cargo test --workspace --locked --no-run
    target/debug/build-web playground web/pkg
    npm --prefix web ci
    npm --prefix web run build

# Packs the extension for VS Code to dist/countersign.vsix, and tests it with the program (needs npm).
[group('build')]
vscode: build
    npm --prefix editors/vscode ci
    npm --prefix editors/vscode run package
    npm --prefix editors/vscode test
    mkdir -p dist
    cp editors/vscode/dist/countersign.vsix dist/

# Formats the sources.
[group('check')]
fmt:
    cargo fmt --all
    cargo fmt --all --manifest-path tests/peers/Cargo.toml

# Checks the format.
[group('check')]
fmt-check:
    cargo fmt --all --check
    cargo fmt --all --check --manifest-path tests/peers/Cargo.toml

# Lints everything for the host, and each module for its own target.
[group('check')]
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo clippy -p countersign-policy -p policy-floor --lib --features countersign-policy/wapc --target wasm32-wasip1 --locked -- -D warnings
    cargo clippy -p countersign-policy --lib --features wapc,openpgp --target wasm32-wasip1 --locked -- -D warnings
    cargo clippy -p countersign-policy --bin countersign-wasi --features wasi,openpgp --target wasm32-wasip1 --locked -- -D warnings
    cargo clippy -p countersign-policy -p countersign-lint -p countersign-playground --lib --features countersign-policy/web,countersign-policy/openpgp --target wasm32-unknown-unknown --locked -- -D warnings

# Lints and tests the policy without its features, and lints it with each alone.
[group('check')]
features:
    cargo test -p countersign-policy --lib --no-default-features --locked
    cargo clippy -p countersign-policy --all-targets --no-default-features --locked -- -D warnings
    cargo clippy -p countersign-policy --all-targets --no-default-features --features curves --locked -- -D warnings
    cargo clippy -p countersign-policy --all-targets --no-default-features --features openpgp --locked -- -D warnings
    cargo clippy -p countersign-policy --all-targets --no-default-features --features sigstore --locked -- -D warnings
    cargo clippy -p countersign-policy --lib --no-default-features --features wapc --target wasm32-wasip1 --locked -- -D warnings
    cargo clippy -p countersign-policy --lib --no-default-features --features bare --target wasm32-wasip1 --locked -- -D warnings
    cargo clippy -p countersign-policy --bin countersign-wasi --no-default-features --features wasi --target wasm32-wasip1 --locked -- -D warnings
    cargo clippy -p countersign-policy --lib --no-default-features --features web --target wasm32-unknown-unknown --locked -- -D warnings

# Builds the documentation of the crates, without a broken link.
[group('check')]
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# Checks the spelling, with typos.
[group('check')]
typos:
    typos

# Checks licences, bans and sources of all dependencies.
[group('check')]
deny:
    cargo deny --locked check bans licenses sources
    cargo deny --locked --manifest-path tests/peers/Cargo.toml --config deny.toml check bans licenses sources

# Checks dependencies against the advisory database (needs a network).
[group('check')]
advisories:
    cargo deny --locked check advisories
    cargo deny --locked --manifest-path tests/peers/Cargo.toml --config deny.toml check advisories

# Runs all tests; with Node, those of the web build too.
[group('test')]
test:
    cargo test --workspace --locked

# Tests the playground and HTML reports in Chromium.
[group('test')]
playground-test: playground
    target/debug/write-playground target/playground.json
    npm --prefix web test -- ../target/playground.json
    npm --prefix web run test-reports -- ../target/debug/countersign

# Lints and runs the modules in the host crates of other projects, in a workspace of their own.
[group('test')]
peers:
    # The features of the tests, so that the engine is not built twice.
    cargo test --workspace --locked --no-run
    target/debug/write-peers target/peers
    # Clippy compiles these tests: `cargo clippy` would check their engine apart.
    RUSTC_WORKSPACE_WRAPPER=clippy-driver cargo test --manifest-path tests/peers/Cargo.toml --locked --target-dir target

# Lints the ready-made policies and runs their suites, with full coverage and mutation tests.
[group('test')]
policies:
    # The features of the tests, so that the engine is not built twice.
    cargo test --workspace --locked --no-run
    # The ready-made policies trust public test keys, which `lint` reports in every copy.
    target/debug/countersign lint --fail-on info --allow lint-public-test-key policies
    target/debug/countersign test policies --coverage --threshold 100 --mutate --fail-only

# Mutates the core and lists the changes that no test notices, with cargo-mutants: every twentieth, or another share.
[group('test')]
mutants shard="0/20":
    # What has to pass without a change: cargo-mutants itself tries only the changed package so.
    cargo test --locked -p countersign-policy -p core-tests
    cargo mutants --baseline skip --timeout 900 --shard {{shard}} --sharding round-robin --no-shuffle --output target

# Fuzzes one target for some seconds, with cargo-fuzz and nightly.
[group('test')]
fuzz target seconds="600":
    # The features of the tests, so that the engine is not built twice.
    cargo test --workspace --locked --no-run
    target/debug/write-seeds target/seeds
    mkdir -p target/fuzz/{{target}}
    cargo +nightly fuzz run --fuzz-dir tests/fuzz/targets {{target}} target/fuzz/{{target}} target/seeds/{{target}} -- -max_total_time={{seconds}}

# Benchmarks requests against modules that do nothing, and `test`, `lint` and `audit`.
[group('bench')]
bench:
    cargo bench --locked -p policy-tests --bench requests --bench workbench

# Sends a million requests through one engine, and checks answers and memory.
[group('bench')]
soak:
    cargo bench --locked -p policy-tests --bench soak

# Builds the modules again in another folder and with another CARGO_HOME, and compares the bytes.
[group('test')]
reproducible:
    cargo test --workspace --locked --test suites -- --ignored

# Packages the crates for crates.io, with the modules inside, and builds the program from them alone.
[group('release')]
package:
    # The features of the tests, so that the engine is not built twice.
    cargo test --workspace --locked --no-run
    target/debug/release crates

# Builds and checks a release: archive, OCI artifacts, image, npm package, bills of materials, sums.
[group('release')]
release-check:
    # The features of the tests, so that the engine is not built twice.
    cargo test --workspace --locked --no-run
    cargo test --workspace --locked --bin release --test offline

# Runs what must pass before a change lands; `test` includes `release-check`.
ci: fmt-check typos deny test after-test

# Linking the modules again keeps one core busy, and the rest often leaves one idle.
[parallel]
[private]
after-test: reproducible checks

[private]
checks: peers policies playground-test lint features docs
