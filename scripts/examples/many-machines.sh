# A training in parts, by three shells that could be three machines: the same file as of one.

training='data/digits.csv --target digit --test-share 0.3 --members 8 --seed 1 --quiet'
tutti plan $training --out plan --for shell --members-per-task 3 > /dev/null
for share in 1/3 2/3 3/3; do
  sh plan/jobs/shell/run.sh $share > share.log 2>&1 &
done
wait
tutti collect plan --out digits.tutti > /dev/null
tutti train $training --out alone.tutti > /dev/null
cmp digits.tutti alone.tutti && echo 'the same file, byte for byte'
