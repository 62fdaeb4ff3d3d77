# How far to trust an ensemble: measured, calibrated, guaranteed, recorded, on one page and in one card.

tutti split data/digits.csv --target digit --test-share 0.3 --seed 1 --train-out train.csv --test-out test.csv --quiet
tutti train train.csv --target digit --members 8 --epochs 30 --seed 1 --calibrate temperature --log log --out digits.tutti --quiet | grep -i calibra
tutti evaluate digits.tutti test.csv --coverage 0.9 --replicates 200 | grep -A 2 -E "^(Scores|Baselines|Coverage)"
tutti predict digits.tutti test.csv --coverage 0.99 --uncertainty --quiet | head -n 3 | cut -d , -f 1-3
tutti leaderboard digits.tutti test.csv | head -n 4 | cut -c 1-60
tutti report digits.tutti test.csv --out report.html --quiet
tutti card digits.tutti --name "Handwritten digits" --license mit --out MODEL_CARD.md
tail -n 1 log/metrics.jsonl | cut -d , -f 1,3-
