package org.sparkmto.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class QuirkTest {
  @Test
  void hasANameAndAnUnknownOneNamesTheNearest() {
    for (Quirk quirk : Quirk.values()) {
      assertThat(Quirk.ofLabel(quirk.label())).isEqualTo(quirk);
    }
    assertThatThrownBy(() -> Quirk.ofLabel("per-picture-iou"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no quirk 'per-picture-iou'; did you mean 'per-image-iou'?");
  }

  @Test
  void twoDefinitionsOfOneFigureAreRefused() {
    assertThatThrownBy(() -> MetricChoices.USUAL.quirks(Quirk.PLAIN_MEAN_IOU, Quirk.PER_IMAGE_IOU))
        .hasMessage(
            "plain-mean-iou and per-image-iou are two definitions of one figure: choose one");
  }
}
