package org.sparkmto.preprocessing.nyuv2;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkmto.preprocessing.DatasetOption;
import org.sparkmto.preprocessing.RawDataset;

/** The files in conf/ name every key of their data set, with its usual value. */
class ConfFilesTest {
  @Test
  void filesAndOptionsAgree() {
    Map.of("preprocess-nyuv2-13.conf", new Nyuv2(), "preprocess-nyuv2-40.conf", new NyudMt())
        .forEach(ConfFilesTest::assertAgreement);
  }

  private static void assertAgreement(String file, RawDataset dataset) {
    Config config = ConfigFactory.parseFile(Path.of("..", "conf", file).toFile());
    assertThat(config.root().keySet())
        .as(file)
        .containsExactlyInAnyOrderElementsOf(
            dataset.options().stream().map(DatasetOption::name).toList());
    for (DatasetOption option : dataset.options()) {
      assertThat(config.getString(option.name())).as(option.name()).isEqualTo(option.usual());
    }
  }
}
