# A training that is killed without warning, and gone on with: the same file as one that nothing happened to.

training='data/digits.csv --target digit --members 8 --seed 1 --quiet'
tutti train $training --out undisturbed.tutti > /dev/null
tutti train $training --out digits.tutti --checkpoint kept > /dev/null &
until [ -e kept/training ]; do sleep 0.1; done
kill -KILL $!
tutti resume kept --quiet > /dev/null
cmp undisturbed.tutti digits.tutti && echo 'the same file, byte for byte'
