package org.sparkmto.exchange;

class SharedGradientExchangeTest extends GradientExchangeTest {
  SharedGradientExchangeTest() {
    super(PeerLink.AUTO);
  }
}
