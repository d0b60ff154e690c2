package org.sparkmto.network;

import org.sparkmto.random.Draws;

/** How a parameter starts. Every element is a function of the seed, the name and its index. */
public sealed interface Initialisation {

  /** Element {@code index}, row-major, of a parameter whose draws these are. */
  double value(Draws draws, long index);

  /** The same number everywhere. */
  record Constant(double value) implements Initialisation {
    @Override
    public double value(Draws draws, long index) {
      return value;
    }
  }

  /** Uniform in [-bound, bound). */
  record Uniform(double bound) implements Initialisation {
    @Override
    public double value(Draws draws, long index) {
      return bound * (2 * draws.uniform(index) - 1);
    }
  }

  /** Normal around zero. */
  record Normal(double deviation) implements Initialisation {
    @Override
    public double value(Draws draws, long index) {
      return deviation * draws.normal(index);
    }
  }

  /** PyTorch's default for linear and convolution layers: uniform within 1 / sqrt(fan in). */
  static Initialisation fanIn(long fanIn) {
    return new Uniform(1 / Math.sqrt((double) fanIn));
  }

  /** He et al., ICCV 2015, for a ReLU network, by fan out: what residual networks start from. */
  static Initialisation heFanOut(long fanOut) {
    return new Normal(Math.sqrt(2.0 / (double) fanOut));
  }

  /** Glorot and Bengio, AISTATS 2010, their rule with a normal distribution. */
  static Initialisation glorot(long fanIn, long fanOut) {
    return new Normal(Math.sqrt(2.0 / (double) (fanIn + fanOut)));
  }
}
