static int weigh(int value, int weight) {
  int sum = 0;
  for (int i = 0; i < weight; i++)
    sum += value;
  return sum;
}

__attribute__((noinline)) int tally(int count) {
  int total = 0;
  for (int i = 1; i <= count; i++)
    total += weigh(i, 10);
  return total;
}

__attribute__((export_name("run"))) int run(int count) {
  return tally(count) - 1;
}
