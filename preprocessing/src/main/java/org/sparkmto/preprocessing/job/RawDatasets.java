package org.sparkmto.preprocessing.job;

import java.util.List;
import org.sparkmto.options.Entry;
import org.sparkmto.options.Registry;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawDatasetProvider;
import org.sparkmto.preprocessing.celeba.Celeba;
import org.sparkmto.preprocessing.cifar.MultiCifar100;
import org.sparkmto.preprocessing.cityscapes.Cityscapes;
import org.sparkmto.preprocessing.cityscapes.CityscapesNpy;
import org.sparkmto.preprocessing.emotic.Emotic;
import org.sparkmto.preprocessing.fashion.MultiFashion;
import org.sparkmto.preprocessing.nyuv2.NyudMt;
import org.sparkmto.preprocessing.nyuv2.Nyuv2;
import org.sparkmto.preprocessing.nyuv2.Nyuv2Npy;
import org.sparkmto.preprocessing.own.Own;
import org.sparkmto.preprocessing.pascal.PascalContext;

/**
 * The raw data sets by name: the built-in ones, of which a new one is one line here and one class
 * elsewhere, then those of jars of a user's own, see {@link RawDatasetProvider}.
 */
public final class RawDatasets {
  private static final Registry<Entry<RawDataset>> KNOWN =
      Registry.open(
          RawDataset.KIND,
          List.of(
              Celeba.ENTRY,
              Cityscapes.ENTRY,
              CityscapesNpy.ENTRY,
              Emotic.ENTRY,
              Celeba.FASHION_40,
              MultiCifar100.ENTRY,
              MultiFashion.ENTRY,
              NyudMt.ENTRY,
              Nyuv2.ENTRY,
              Nyuv2Npy.ENTRY,
              Own.ENTRY,
              PascalContext.ENTRY),
          RawDatasetProvider.class);

  private RawDatasets() {}

  /** All of them, the built-in ones in alphabetical order, with their options. */
  public static Registry<Entry<RawDataset>> known() {
    return KNOWN;
  }

  /**
   * The data set of this name.
   *
   * @throws PreprocessingException if there is none; the message has the nearest and all known
   */
  public static Entry<RawDataset> named(String name) {
    try {
      return KNOWN.entry(name);
    } catch (IllegalArgumentException e) {
      throw PreprocessingException.wrongUsage(e.getMessage());
    }
  }
}
