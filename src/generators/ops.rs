//! The operations around a convolution that several networks share.
