package org.sparkmto.exchange;

class GlooGroupTest extends RankGroupTest {
  GlooGroupTest() {
    super(PeerLink.GLOO);
  }
}
