package org.sparkmto.exchange;

class SharedMemoryGroupTest extends RankGroupTest {
  SharedMemoryGroupTest() {
    super(PeerLink.AUTO);
  }
}
