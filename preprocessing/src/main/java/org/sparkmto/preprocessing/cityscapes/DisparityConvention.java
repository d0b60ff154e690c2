package org.sparkmto.preprocessing.cityscapes;

import java.util.List;
import org.sparkmto.data.Column;
import org.sparkmto.data.ElementType;
import org.sparkmto.preprocessing.ImageSize;

/**
 * What multi-task papers learn from the raw number p of a {@code disparity} file. In all of them p
 * = 0 says that there is no value. Otherwise the disparity is d = (p - 1) / 256 pixels of the full
 * image, so p = 1 is a valid d = 0: something infinitely far away.
 *
 * <p>All but {@link #METRIC_DEPTH} keep p itself in the shards and give scale and offset to the
 * column, so the convention loses nothing.
 */
enum DisparityConvention {
  /**
   * p / 65535, called inverse depth, not rescaled with the image: the released arrays of MTAN (Liu
   * et al., CVPR 2019), which CAGrad, Aligned-MTL and others use.
   */
  MTAN_INVERSE_DEPTH("inverse-depth", "mtan-inverse-depth") {
    @Override
    Column measured(Column raw, int fullWidth, int width) {
      return raw.measured(1.0 / 65535, 0, unit());
    }
  },
  /** d in pixels of the resized image: (p - 1) / 256 * width / full width. Auto-lambda, IAL. */
  AUTO_LAMBDA_DISPARITY("disparity", "px") {
    @Override
    Column measured(Column raw, int fullWidth, int width) {
      double scale = (double) width / fullWidth / 256;
      return raw.measured(scale, -scale, unit());
    }
  },
  /**
   * p / 2729.068, the standard deviation of p. Sener and Koltun (NeurIPS 2018) subtract a mean
   * image before that which is not public; later three-task papers leave it out, as this does.
   */
  SENER_SCALED("disparity", "sener-scaled") {
    @Override
    Column measured(Column raw, int fullWidth, int width) {
      return raw.measured(1 / 2729.0680031169923, 0, unit());
    }
  },
  /** d in pixels of the full image. */
  PIXELS("disparity", "px") {
    @Override
    Column measured(Column raw, int fullWidth, int width) {
      return raw.measured(1.0 / 256, -1.0 / 256, unit());
    }
  },
  /** Depth in metres from d and the sample's camera file, as {@link ElementType#FLOAT32}. */
  METRIC_DEPTH("depth", "m") {
    @Override
    Column measured(Column raw, int fullWidth, int width) {
      return new Column("depth", raw.role(), ElementType.FLOAT32, raw.shape())
          .measured(1, 0, unit());
    }
  };

  private final String task;
  private final String unit;

  DisparityConvention(String task, String unit) {
    this.task = task;
    this.unit = unit;
  }

  abstract Column measured(Column raw, int fullWidth, int width);

  /** Name of the task that learns it. */
  String task() {
    return task;
  }

  /** Unit of the column; the convention's own name where the value has no unit of physics. */
  String unit() {
    return unit;
  }

  /**
   * The column of the target.
   *
   * @param fullWidth width of the images in whose pixels disparities are measured
   * @param width to which images are resized
   * @param target size of the stored map
   */
  Column column(int fullWidth, int width, ImageSize target) {
    Column raw =
        new Column(
            "disparity",
            Column.Role.TARGET,
            ElementType.UINT16,
            List.of(target.height(), target.width()));
    return measured(raw, fullWidth, width);
  }
}
