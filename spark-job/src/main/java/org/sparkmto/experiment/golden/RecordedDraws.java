package org.sparkmto.experiment.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import org.sparkmto.random.Draws;

/**
 * The draws that a file recorded, whatever the step and the purpose. Orders are those of visiting
 * tasks; tasks that take no part are left out and the others numbered anew.
 *
 * @param orders per task the order in which tasks are visited
 * @param uniform a number in [0, 1) per element
 * @param normal a number per task
 * @param active the tasks that take part
 * @param task the task whose order is asked for, if one was named
 */
record RecordedDraws(
    IntFunction<int[]> orders,
    IntToDoubleFunction uniform,
    IntToDoubleFunction normal,
    List<Integer> active,
    Optional<Long> task)
    implements Draws {

  @Override
  public Draws at(long number) {
    return new RecordedDraws(orders, uniform, normal, active, Optional.of(number));
  }

  @Override
  public Draws of(String purpose) {
    return this;
  }

  @Override
  public long bits(long index) {
    throw new NotOfferedException("the method draws bits, which the file does not record");
  }

  @Override
  public long key() {
    throw new UnsupportedOperationException("recorded numbers have no key");
  }

  @Override
  public double uniform(long index) {
    return uniform.applyAsDouble(Math.toIntExact(index));
  }

  @Override
  public int below(int bound, long index) {
    throw new NotOfferedException("the method draws integers, which the file does not record");
  }

  @Override
  public double normal(long index) {
    return normal.applyAsDouble(Math.toIntExact(index));
  }

  @Override
  public int[] permutation(int n) {
    int[] order =
        Arrays.stream(orders.apply(Math.toIntExact(task.orElse(0L))))
            .map(active::indexOf)
            .filter(place -> place >= 0)
            .toArray();
    if (order.length != n) {
      throw new MalformedEntryException(
          "an order of " + n + " tasks is wanted, the file's has " + order.length + " of them");
    }
    return order;
  }
}
