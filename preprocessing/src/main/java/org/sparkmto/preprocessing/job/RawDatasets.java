package org.sparkmto.preprocessing.job;

import static java.util.Map.entry;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.celeba.Celeba;
import org.sparkmto.preprocessing.cifar.MultiCifar100;
import org.sparkmto.preprocessing.cityscapes.Cityscapes;
import org.sparkmto.preprocessing.emotic.Emotic;
import org.sparkmto.preprocessing.fashion.MultiFashion;
import org.sparkmto.preprocessing.nyuv2.NyudMt;
import org.sparkmto.preprocessing.nyuv2.Nyuv2;
import org.sparkmto.preprocessing.nyuv2.Nyuv2Npy;
import org.sparkmto.preprocessing.own.Own;
import org.sparkmto.preprocessing.pascal.PascalContext;

/** The raw data sets by name. A new one is one line here and one class elsewhere. */
public final class RawDatasets {
  private static final Map<String, RawDataset> BY_NAME =
      new TreeMap<>(
          Map.ofEntries(
              entry("celeba", new Celeba()),
              entry("cityscapes", new Cityscapes()),
              entry("emotic", new Emotic()),
              entry(
                  "fashion-40",
                  new Celeba(
                      "40 binary attributes of collages of four garments, generated in the layout"
                          + " of CelebA.")),
              entry("multi-cifar100", new MultiCifar100()),
              entry("multi-fashion", new MultiFashion()),
              entry("nyud-mt", new NyudMt()),
              entry("nyuv2", new Nyuv2()),
              entry("nyuv2-npy", new Nyuv2Npy()),
              entry("own", new Own()),
              entry("pascal-context", new PascalContext())));

  private RawDatasets() {}

  /** The names, in alphabetical order. */
  public static SortedSet<String> names() {
    return new TreeSet<>(BY_NAME.keySet());
  }

  /**
   * The data set of this name.
   *
   * @throws PreprocessingException if there is none; the message names those there are
   */
  public static RawDataset named(String name) {
    RawDataset dataset = BY_NAME.get(name);
    if (dataset == null) {
      throw PreprocessingException.wrongUsage(
          "there is no raw data set '" + name + "'; known are " + names());
    }
    return dataset;
  }
}
