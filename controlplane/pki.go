package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"time"

	certutil "k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
)

// validity outlasts any data folder of a control plane that is made for tests.
const validity = 10 * 365 * 24 * time.Hour

// authority is the certificate authority of one control plane: it alone says who is who there.
type authority struct {
	cert    *x509.Certificate
	certPEM []byte
	key     crypto.Signer
}

// identity is a client or server certificate with its key, both PEM.
type identity struct{ cert, key []byte }

var errNoAuthority = errors.New("no control plane here yet: start one on this --data-dir first")

func loadAuthority(dir dataDir) (*authority, error) {
	certPEM, err := os.ReadFile(dir.path("pki", "ca.crt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoAuthority
	}
	if err != nil {
		return nil, err
	}
	certs, err := certutil.ParseCertsPEM(certPEM)
	if err != nil {
		return nil, err
	}
	key, err := keyutil.PrivateKeyFromFile(dir.path("pki", "ca.key"))
	if err != nil {
		return nil, err
	}
	return &authority{certs[0], certPEM, key.(crypto.Signer)}, nil
}

// ensureAuthority loads the authority, or makes it on the first start. The certificate is written
// last: while it is missing the key beside it has signed nothing.
func ensureAuthority(dir dataDir) (*authority, error) {
	if ca, err := loadAuthority(dir); !errors.Is(err, errNoAuthority) {
		return ca, err
	}
	key, keyPEM, err := newKey()
	if err != nil {
		return nil, err
	}
	cert, err := certutil.NewSelfSignedCACert(certutil.Config{CommonName: "daypass-controlplane"}, key)
	if err != nil {
		return nil, err
	}
	certPEM, err := certutil.EncodeCertificates(cert)
	if err != nil {
		return nil, err
	}
	if err := writeFile(dir.path("pki", "ca.key"), keyPEM); err != nil {
		return nil, err
	}
	if err := writeFile(dir.path("pki", "ca.crt"), certPEM); err != nil {
		return nil, err
	}
	return loadAuthority(dir)
}

// client issues a certificate that makes its holder this user, in these groups.
func (ca *authority) client(name string, groups []string) (identity, error) {
	return ca.issue(&x509.Certificate{
		Subject:     pkix.Name{CommonName: name, Organization: groups},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
}

// server issues the API server's certificate, for the names it has on this machine and inside.
func (ca *authority) server() (identity, error) {
	return ca.issue(&x509.Certificate{
		Subject:     pkix.Name{CommonName: apiserverProgram},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"},
		IPAddresses: []net.IP{net.ParseIP(loopback), net.ParseIP(serviceIP)},
	})
}

func (ca *authority) issue(template *x509.Certificate) (identity, error) {
	key, keyPEM, err := newKey()
	if err != nil {
		return identity{}, err
	}
	template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return identity{}, err
	}
	template.NotBefore = ca.cert.NotBefore
	template.NotAfter = time.Now().Add(validity)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, key.Public(), ca.key)
	if err != nil {
		return identity{}, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return identity{}, err
	}
	certPEM, err := certutil.EncodeCertificates(cert)
	return identity{certPEM, keyPEM}, err
}

func newKey() (crypto.Signer, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	keyPEM, err := keyutil.MarshalPrivateKeyToPEM(key)
	return key, keyPEM, err
}
