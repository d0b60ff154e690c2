package org.sparkmto.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ContentDigestTest {

  @Test
  void agreesWithASecondImplementation() {
    ContentDigest digest = new ContentDigest();
    digest.add("a", List.of(new byte[] {1, 2}, new byte[0]));
    digest.add("b", List.of(new byte[] {3}, new byte[] {4}));
    // Python: sum of sha256(b"\0\0\0\1a\0\0\0\2\1\2\0\0\0\0") and the like, modulo 2**256.
    assertThat(digest.hex())
        .isEqualTo("75ff6515b50e56a2b5ab4f0adf10d1def5adc86f43f763dbd17d20cdbf298404");
  }

  @Test
  void orderDoesNotMatterButContentDoes() {
    ContentDigest forth = digest("x", "y", "z");
    assertThat(digest("z", "x", "y").hex()).isEqualTo(forth.hex()).hasSize(64);
    assertThat(digest("x", "y").hex()).isNotEqualTo(forth.hex());
    assertThat(digest("x", "y", "z", "z").hex()).isNotEqualTo(forth.hex());
    ContentDigest parts = new ContentDigest();
    parts.add(digest("y").sum());
    parts.add(digest("z", "x").sum());
    assertThat(parts.hex()).isEqualTo(forth.hex());
  }

  @Test
  void bordersBetweenColumnsMatter() {
    ContentDigest one = new ContentDigest();
    one.add("s", List.of(new byte[] {1}, new byte[] {2, 3}));
    ContentDigest other = new ContentDigest();
    other.add("s", List.of(new byte[] {1, 2}, new byte[] {3}));
    assertThat(one.hex()).isNotEqualTo(other.hex());
    assertThat(new ContentDigest().hex()).isEqualTo("0".repeat(64));
  }

  private static ContentDigest digest(String... ids) {
    ContentDigest digest = new ContentDigest();
    for (String id : ids) {
      digest.add(id, List.of(new byte[] {7}));
    }
    return digest;
  }
}
