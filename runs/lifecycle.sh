#!/usr/bin/env bash
# The whole life of a model: labels, dataset, teachers, student, 8 bits, gates, champion, scan.
#
#   make lifecycle          in full: hours on two cores; started again, it goes on where it stopped,
#                           with the dataset that it began with (remove out/lifecycle to begin anew)
#   ENCODER=encoder-update make lifecycle    goes on from the encoder that ships: two epochs for five
#   make lifecycle-smoke    every step on little data: minutes; its models are worth nothing
set -euo pipefail
cd "$(dirname "$0")/.."

room=${ROOM:-out/lifecycle}                       # everything that is written goes here
data=${DATA:-../shared/data}                      # real catalogs and texts, where there are any
smoke=${SMOKE:+--smoke}
encoder=${ENCODER:-encoder}                       # its recipe
export MLFLOW_TRACKING_URI=sqlite:///$room/mlflow.db
if [ -n "$smoke" ]; then
  rm -rf "$room"
  export OMP_NUM_THREADS=1                        # on so little, threads only wait for each other
fi
mkdir -p "$room"

step() { printf '\n== %s\n' "$*" >&2; }
shelfguard() { .venv/bin/shelfguard "$@"; }
train() {
  if trained "$2"; then return; fi
  shelfguard model train --recipe "$1" --data "$room/data" --out "$room/models/$2" --resume $smoke
}

# Whether a model of this very dataset is there from a run that was interrupted.
trained() {
  local dataset
  dataset=$(sed -n 's/^ *"id": "\(.*\)",/\1/p' "$room/data/manifest.json" | head -1)
  [ -z "$smoke" ] && grep -qsF "$dataset" "$room/models/$1/model.json"
}

# A cascade's recipe names the folders of its parts: `cascade FOLDER ABOUT PARTS`.
cascade() {
  printf 'name: cascade\nkind: cascade\nabout: %s\nsettings: {pack: ca-marketplace, parts: {%s}}\n' "$2" "$3" > "$room/$1.yaml"
  rm -rf "$room/models/$1"                        # quickly made, and its parts may have changed
  shelfguard model train --recipe "$room/$1.yaml" --data "$room/data" --out "$room/models/$1"
}

# A copy of the pack with every eighth of its examples and cases: `thinned FOLDER`.
thinned() {
  cp -r src/shelfguard/packs/ca_marketplace "$1"
  for file in "$1"/{examples,cases}/*.jsonl; do
    awk 'NR % 8 == 1' "$file" > "$file.part"
    mv "$file.part" "$file"
  done
}

step "Labels: what people and rules said, merged, and what to ask people next"
labels=src/shelfguard/packs/ca_marketplace/cases/real/labels.jsonl
shelfguard labels rules examples/catalog.csv --out "$room/rules.parquet"
shelfguard labels merge $labels "$room/rules.parquet" --out "$room/merged.parquet"
shelfguard labels pick examples/catalog.csv --count 20 --out "$room/to-review.jsonl"

step "Dataset: the pack's rows, real catalogs and reviewed rows, split and described"
sources=(--from $labels)
pack=ca-marketplace
if [ -n "$smoke" ]; then pack=$room/pack; thinned "$pack"; fi
for folder in products_pyjedai products_bestbuy_typesense mod_smsspam mod_surge mod_mlma recalls_fda_food_class1; do
  if [ -d "$data/$folder" ]; then sources+=(--from "$data/$folder"); fi
done
if [ ! -e "$room/data/manifest.json" ]; then
  shelfguard data build --pack "$pack" "${sources[@]}" ${SMOKE:+--sample 200} --out "$room/data" --overwrite --quiet
fi
shelfguard data audit "$room/data" --limit 3

step "Teachers: what reads well, and slowly"
train recipes/student.yaml student
train recipes/$encoder.yaml $encoder
if [ -z "$smoke" ]; then
  cascade teachers "Student and encoder." "student: $room/models/student, encoder: $room/models/$encoder"
  teacher=$room/models/teachers
fi

step "Distil: a screener that learns what the teachers say of written and real listings"
if ! trained screener; then
  shelfguard model distill --recipe recipes/distilled-screener.yaml --data "$room/data" --cache "$room/soft-labels" \
    --teacher "${teacher:-ca-marketplace}" --teacher rules:ca-marketplace=0.2 --out "$room/models/screener" --resume $smoke
fi

step "Precisions: what fewer bits cost in quality, and bring in size and speed"
shelfguard model quantize "$room/models/screener" --data "$room/data" --out "$room/quantized" ${SMOKE:+--rows 40}

step "Champion: what ships today; challenger: what was trained above"
if [ -n "$smoke" ]; then
  cascade shipped "The shipped student alone." "student: pack"
  cascade challenger "A student alone." "student: $room/models/student"
else
  cascade shipped "What the pack ships." "student: pack, screener: pack, encoder: pack"
  cascade challenger "A student, a screener taught by student and encoder, and the encoder." \
    "student: $room/models/student, screener: $room/models/screener, encoder: $room/models/$encoder"
fi

step "Evaluate both, on written and on real rows"
shelfguard model evaluate "$room/models/shipped" --data "$room/data" --out "$room/evaluation-shipped"
shelfguard model evaluate "$room/models/challenger" --data "$room/data" --against "$room/models/shipped" --out "$room/evaluation"

step "Gates: what ships is the first champion; the challenger has to be as good"
for name in shipped challenger; do shelfguard model card "$room/models/$name"; done
waived=()                                         # one student alone is no match for the whole cascade
if [ -n "$smoke" ]; then
  for gate in clause-recall recall average-precision ordinary hard-negatives attack-recall calibration; do waived+=(--waive $gate); done
  waived+=(--because "a student alone, to see the steps")
fi
shelfguard model register "$room/models/shipped"
shelfguard model promote --pack "$pack" --data "$room/data" "${waived[@]}"
shelfguard model register "$room/models/challenger"
promoted=0
shelfguard model promote --pack "$pack" --data "$room/data" || promoted=$?
if [ $promoted = 9 ]; then                        # a gate does not hold; whatever else fails ends the run
  echo "The challenger is refused, and the champion stays." >&2
elif [ $promoted != 0 ]; then
  exit $promoted
elif [ -n "$smoke" ]; then
  echo "A model trained on next to nothing was promoted: the gates are broken." >&2
  exit 1
fi
shelfguard model history --verify

step "Scan with the champion"
shelfguard scan examples/catalog.csv --model mlflow:models:/ca-marketplace@champion --out "$room/scan" --overwrite

step "Peers: what other recipes make of the same rows"
for peer in tfidf fasttext boosting frozen lora-encoder; do train recipes/$peer.yaml $peer; done
