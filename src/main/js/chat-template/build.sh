#!/bin/sh
# Makes src/main/resources/io/fiddler/tokenizer/chat/jinja.js and its digest from the sources beside
# this script. Needs npm; the repository's root or this folder may be the working directory.
set -e
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../../resources/io/fiddler/tokenizer/chat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/*.js "$here"/package.json "$work"
cd "$work"
npm install --no-audit --no-fund --no-package-lock --silent
node node_modules/esbuild/install.js
esbuild=node_modules/.bin/esbuild
"$esbuild" main.js --bundle --alias:jinja=./node_modules/@huggingface/jinja/src --format=iife --target=es2020 --charset=ascii --outfile=bundle.ts --log-level=warning
# Rhino takes ECMAScript 5; esbuild cannot go so far down.
node node_modules/typescript/bin/tsc bundle.ts --target ES5 --lib ES2022 --downlevelIteration --outFile lowered.js \
  --skipLibCheck --noEmitOnError false > tsc.log || true
test -s lowered.js || { cat tsc.log; exit 1; }
# A constructor of an Error returns a bare Error in ES5: instances of subclasses would lose their class.
sed -i 's/_super !== null && _super\.apply(this, arguments) || this/(_super.apply(this, arguments), this)/; s/_super\.apply(this, arguments) || this/(_super.apply(this, arguments), this)/; s/_super\.call(this, message) || this/(_super.call(this, message), this)/' lowered.js
"$esbuild" lowered.js --minify --target=es5 --charset=ascii --outfile=jinja.js --log-level=warning
mkdir -p "$target"
{
  echo '/* @huggingface/jinja 0.5.11 (MIT, Copyright (c) 2023 Hugging Face) with the overlay of src/main/js/chat-template */'
  cat jinja.js
} > "$target/jinja.js"
cd "$target"
sha256sum jinja.js > jinja.js.sha256
