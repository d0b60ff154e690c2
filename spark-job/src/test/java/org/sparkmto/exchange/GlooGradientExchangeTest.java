package org.sparkmto.exchange;

class GlooGradientExchangeTest extends GradientExchangeTest {
  GlooGradientExchangeTest() {
    super(PeerLink.GLOO);
  }
}
