package org.sparkmto.network;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.random.Draws;

/**
 * A drawn linear map of long vectors to short ones that keeps inner products in the mean: every
 * element, with a sign drawn for it, is added to one number of the sketch (Charikar, Chen,
 * Farach-Colton, "Finding frequent items in data streams", 2002; Weinberger et al., "Feature
 * hashing for large scale multitask learning", 2009). The product of the sketches of two vectors
 * differs from theirs by about {@code sqrt((1 + cos^2) / d)} of their lengths. It is linear: the
 * sketches of ranks add up to that of their sum.
 *
 * <p>Elements of one stretch of d numbers never meet, and those of different stretches in places
 * that are drawn for each stretch: weights of a layer repeat themselves at distances that would
 * meet always or never without.
 */
public final class GradientSketch implements AutoCloseable {
  private final FlatVector signs;
  private final int length;
  private long[] shifts = {};

  /**
   * A sketch of nothing yet.
   *
   * @param beside a vector on the device where it is to be
   * @param elements length of the vectors
   * @param length d, numbers of a sketch
   */
  public GradientSketch(FlatVector beside, long elements, int length) {
    this.signs = beside.zerosBeside(elements);
    this.length = length;
  }

  /** Draws the map anew: the same for the same draws, wherever it is. */
  public void draw(Draws draws) {
    signs.byPieces(
        0,
        signs.length(),
        (at, count) -> {
          Tensor own = signs.tensor().narrow(0, at, count);
          own.copy_(
              TensorDraws.uniforms(draws.of("signs"), at, count, own)
                  .sub_(new Scalar(0.5))
                  .sign_());
        });
    shifts = new long[(int) ((signs.length() + length - 1) / length)];
    Draws places = draws.of("places");
    for (int stretch = 0; stretch < shifts.length; stretch++) {
      shifts[stretch] = places.below(length, stretch);
    }
  }

  /**
   * Adds the sketch of some elements of a vector.
   *
   * @param vector of which they are part, of as many elements as this is for
   * @param into receives it; as many floats as this is long
   */
  public void add(Tensor vector, long from, long to, double factor, Tensor into) {
    try (PointerScope scope = new PointerScope()) {
      Tensor signed =
          vector
              .narrow(0, from, to - from)
              .mul(signs.tensor().narrow(0, from, to - from))
              .mul_(new Scalar(factor));
      long at = from;
      while (at < to) {
        // Up to the end of the stretch, or of the sketch, where the next goes on at its beginning.
        long place = (at % length + shifts[(int) (at / length)]) % length;
        long count = Math.min(Math.min(length - at % length, length - place), to - at);
        try (PointerScope piece = new PointerScope()) {
          into.narrow(0, place, count).add_(signed.narrow(0, at - from, count));
        }
        at += count;
      }
    }
  }

  /** Zeros for so many sketches, one after the other. */
  public FlatVector zeros(int sketches) {
    return signs.zerosBeside((long) sketches * length);
  }

  @Override
  public void close() {
    signs.close();
  }
}
