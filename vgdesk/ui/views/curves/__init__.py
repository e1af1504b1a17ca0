"""Line and bar plots."""
