package com.example;

import java.util.List;
import org.sparkmto.options.Entry;
import org.sparkmto.preprocessing.PreprocessingException;
import org.sparkmto.preprocessing.RawDataset;
import org.sparkmto.preprocessing.RawDatasetProvider;

public final class OurData implements RawDatasetProvider {
  @Override
  public List<Entry<RawDataset>> entries() {
    return List.of(
        RawDataset.entry(
            "our-scans",
            "scans of our machine, for which there is nothing here",
            List.of(),
            options ->
                (root, files) -> {
                  throw PreprocessingException.wrongUsage("there are no scans in " + root);
                }));
  }
}
