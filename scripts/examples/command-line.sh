# From a file to predictions, and what averaging bought, without a line of code.

tutti split data/digits.csv --target digit --test-share 0.3 --seed 1 --train-out train.csv --test-out test.csv --quiet
tutti train train.csv --target digit --members 8 --seed 1 --out digits.tutti --quiet
tutti evaluate digits.tutti test.csv --aggregator geometricMean
tutti predict digits.tutti test.csv --members --out members.csv --quiet
tutti measure members.csv --target digit | tail -n 8
tutti extend digits.tutti train.csv --members 16 --out digits-16.tutti --quiet > /dev/null
tutti predict digits-16.tutti test.csv --keep digit --quiet | head -n 3 | cut -d , -f 1-4
